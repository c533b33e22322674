/** The program as a user runs it, in a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../dist/host/cli/start.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when standard output or error holds this text, with what they hold. */
  shows(text: string): Promise<string>;
  interrupt(): void;
  signal(name: NodeJS.Signals): void;
  /** At once, without a chance to save. */
  kill(): void;
}

export interface Surroundings {
  /** Bytes a file may have, in units of 1024: what is written beyond fails. */
  readonly fileLimit?: number;
  /** Shell words behind the command: `2>&1 | head -n 1`. */
  readonly shell?: string;
  /** Words that another program runs this one by: `ip netns exec …`. */
  readonly within?: readonly string[];
  /** User and group that the program runs as; only root can choose. */
  readonly user?: number;
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

export function start(
  args: readonly string[],
  { fileLimit, shell, within = [], user, environment }: Surroundings = {},
): Running {
  const command = [...within, process.execPath, MAIN, ...args];
  const script = [
    fileLimit !== undefined && `ulimit -f ${fileLimit}; `,
    'set -o pipefail; "$@"',
    shell && ` ${shell}`,
  ];
  const plain = fileLimit === undefined && shell === undefined;
  const [program, ...rest] = plain
    ? command
    : ['bash', '-c', script.filter((part) => part).join(''), 'bash', ...command];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(environment && { env: { ...process.env, ...environment } }),
    ...(user !== undefined && { uid: user, gid: user }),
  });
  let stdout = '';
  let stderr = '';
  let check: () => void = () => undefined;
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
    check();
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
    check();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    shows: (text) =>
      new Promise((resolve, reject) => {
        check = () => {
          if (stdout.includes(text) || stderr.includes(text)) resolve(stdout + stderr);
        };
        check();
        ended.then(() => reject(new Error(`the program ended without '${text}': ${stderr}`)));
      }),
    interrupt: () => child.kill('SIGINT'),
    signal: (name) => child.kill(name),
    kill: () => child.kill('SIGKILL'),
  };
}

export function eqprop(...args: readonly string[]): Promise<Ended> {
  return start(args).ended;
}

/** The objects of standard output, which must hold nothing else. */
export function jsonLines(stdout: string): Readonly<Record<string, unknown>>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
