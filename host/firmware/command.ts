/** Runs a program to its end. */
import { spawn } from 'node:child_process';

export interface Outcome {
  /** Exit status; undefined where the program could not be started or was killed. */
  readonly status: number | undefined;
  readonly output: string;
  readonly errors: string;
  /** True where there is no such program. */
  readonly missing: boolean;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Through the system's shell: what npm needs on Windows. */
  readonly shell?: boolean;
}

export function runCommand(
  program: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    const settle = (status: number | undefined, missing: boolean) =>
      resolve({
        status,
        missing,
        output: Buffer.concat(output).toString(),
        errors: Buffer.concat(errors).toString(),
      });
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => errors.push(bytes));
    child.on('error', (error: NodeJS.ErrnoException) => {
      errors.push(Buffer.from(error.message));
      settle(undefined, error.code === 'ENOENT');
    });
    child.on('close', (status) => settle(status ?? undefined, false));
  });
}

/** The last lines of what a program said, for an error. */
export function lastLines(text: string, count = 12): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
