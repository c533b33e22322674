/** A device that is a program of this computer: its standard streams are the line. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { UserError } from '../ground/index.js';
import { type DeviceLine, lineOver } from './line.js';

/** Characters of its standard error that are kept. */
const WORDS = 2000;

/** Breaks when the program ends; destroying it ends the program. */
class ProgramStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #words = '';

  constructor(name: string, child: ChildProcessWithoutNullStreams) {
    super();
    this.#child = child;
    this.#ended = once(child, 'close');
    child.stdout.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) child.stdout.pause();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      this.#words = (this.#words + bytes.toString()).slice(-WORDS);
    });
    // Its end tells.
    child.stdin.on('error', () => undefined);
    child.once('close', (status, signal) => {
      const how = signal === null ? `with status ${status}` : `by ${signal}`;
      const words = this.#words.trim();
      this.destroy(
        new UserError(
          `${name}: the device's program ended ${how}${words && `: ${words}`}`,
          'a run is continued from its last checkpoint',
        ),
      );
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, callback: () => void): void {
    this.#child.stdin.write(bytes, () => callback());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#child.kill('SIGKILL');
    // Nobody reads on, and without a reader it would not close.
    this.#child.stdout.resume();
    void this.#ended.then(() => callback(error));
  }
}

/**
 * Starts a program and opens a line to it. The program ends with the line, and by the end of its input with this process,
 * however that goes. Rejects with `UserError` where it does not start.
 * @param name the device's, for the line and errors
 */
export async function openProgram(
  name: string,
  program: string,
  parameters: readonly string[],
): Promise<DeviceLine> {
  // A group of its own: Ctrl-C is for this process alone, which may have a minibatch to finish.
  const child = spawn(program, parameters, { stdio: 'pipe', detached: true });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${name}: ${program} does not start: ${why}`, undefined, { cause });
  }
  return lineOver(name, new ProgramStream(name, child));
}
