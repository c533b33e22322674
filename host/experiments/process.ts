/** A command of `eqprop` in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { reasonOf } from '../ground/index.js';
import type { Metrics } from '../records/index.js';

export type Ending =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted' }
  /** The program gave a reason. */
  | { readonly kind: 'stopped'; readonly reason: string }
  /** Anything else; `differs` where a reply was not the twin's. */
  | { readonly kind: 'failed'; readonly reason: string; readonly differs: boolean };

/** Meanings of exit statuses here. */
const Exit = { finished: 0, stopped: 1, differs: 3, interrupted: 130 } as const;

/** None outlives this process by more than its saving. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** Characters of standard error that are kept: its end tells the reason. */
const KEPT = 8192;

/**
 * @param program what runs `eqprop`: an executable and its first arguments
 * @param signal asks the process to finish its minibatch and save
 */
export function runProgram(
  program: readonly string[],
  args: readonly string[],
  onMetrics: (metrics: Metrics) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const [executable, ...first] = program;
  // A session of its own: what a terminal sends is for this process, which asks it to end.
  const child = spawn(executable, [...first, ...args, '--json'], {
    // Over the channel it learns if this process is gone: then it saves.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  running.add(child);
  let complaint = '';
  child.stderr?.on('data', (bytes) => {
    complaint = (complaint + bytes).slice(-KEPT);
  });
  // The types do not know that the output of a child with a channel is a pipe.
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const metrics = metricsIn(line);
      if (metrics) onMetrics(metrics);
    });
  const interrupt = () => child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt);
  return new Promise((resolve) => {
    const end = (ending: Ending) => {
      signal.removeEventListener('abort', interrupt);
      running.delete(child);
      resolve(ending);
    };
    child.on('error', ({ message }) => end({ kind: 'failed', reason: message, differs: false }));
    child.on('close', (code, killer) =>
      // Asked to end before it could listen: nothing had begun.
      end(
        signal.aborted && killer === 'SIGTERM' ? { kind: 'interrupted' } : endingOf(code, killer, complaint),
      ),
    );
  });
}

/** Nothing in what is no line of metrics, or one that was cut short. */
function metricsIn(line: string): Metrics | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function endingOf(code: number | null, killer: string | null, complaint: string): Ending {
  if (code === Exit.finished) return { kind: 'finished' };
  if (code === Exit.interrupted) return { kind: 'interrupted' };
  // Behind an error, further in than a stack, stands what to do about it.
  const [, message, hint] = /(?:error|defect): ([^\n]+)(?:\n {7}(\S[^\n]*))?/.exec(complaint) ?? [];
  const said =
    message === undefined
      ? complaint.trim().split('\n').at(-1)
      : reasonOf({ message, ...(hint && { hint }) });
  const reason = said || (killer ? `its process was ended by ${killer}` : `its process ended with ${code}`);
  if (code === Exit.stopped) return { kind: 'stopped', reason };
  return { kind: 'failed', reason, differs: code === Exit.differs };
}
