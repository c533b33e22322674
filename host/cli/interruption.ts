/** Ctrl-C: the first one lets the work save what it has, the second ends it at once. */
import { type Mode, say } from './output.js';

/** Scripts can tell an interrupted run by it, as shells do. */
export const INTERRUPTED = 130;

/** @param work is told to end by `signal`; before it calls `started` there is nothing to save */
export async function interruptible<T>(
  mode: Mode,
  work: (signal: AbortSignal, started: () => void) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  let isStarted = false;
  const interrupt = () => {
    if (!isStarted || interruption.signal.aborted) process.exit(INTERRUPTED);
    interruption.abort();
    if (mode !== 'json') say('\nfinishing the minibatch and saving (once more to stop at once)');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // Whoever started this program as its own is gone.
  process.on('disconnect', interrupt);
  try {
    return await work(interruption.signal, () => {
      isStarted = true;
    });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.off('disconnect', interrupt);
  }
}
