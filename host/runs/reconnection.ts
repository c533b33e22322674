/**
 * Reconnection of a run that has lost its device: opens the device again and goes on from the last
 * checkpoint. What came after it is trained again, to the same bits.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLost } from '../endpoint/index.js';
import { UserError } from '../ground/index.js';
import { hasCheckpoint, loadRun, type SavedRun } from '../records/index.js';

/** Losses in a row, no checkpoint made between them, after which a run stops. */
const FRUITLESS = 10;
/** Milliseconds from one try to reach the device to the next. */
const INTERVAL = 500;

export interface Attempt {
  /** Where to go on; undefined at the very beginning. */
  readonly saved: SavedRun | undefined;
  /** Losses since the last checkpoint. */
  readonly fruitless: number;
  /** Why the device must be opened again; undefined the first time. */
  readonly loss: ConnectionLost | undefined;
}

/**
 * Runs `attempt` again and again while it is the connection that fails.
 * @throws `UserError` what else an attempt throws, or that the device comes to nothing any more
 */
export async function reconnecting<T>(
  folder: string,
  saved: SavedRun | undefined,
  attempt: (attempt: Attempt) => Promise<T>,
  onLost: (loss: ConnectionLost) => void,
  signal: AbortSignal,
): Promise<T> {
  let current: Attempt = { saved, fruitless: 0, loss: undefined };
  for (;;) {
    try {
      return await attempt(current);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      const next = hasCheckpoint(folder) ? loadRun(folder) : undefined;
      const fruitless = isFurther(current.saved, next) ? 0 : current.fruitless + 1;
      if (signal.aborted || fruitless >= FRUITLESS) throw givenUp(error, folder, fruitless);
      onLost(error);
      current = { saved: next, fruitless, loss: error };
    }
  }
}

/** Everything that a checkpoint counts, but for time. */
function isFurther(before: SavedRun | undefined, after: SavedRun | undefined): boolean {
  const counted = (run: SavedRun | undefined) =>
    run && `${run.state.position.step} ${run.state.position.tally.samples}`;
  return counted(before) !== counted(after);
}

function givenUp(loss: ConnectionLost, folder: string, times: number): UserError {
  const often = times > 1 ? ` (${times} times since the last checkpoint)` : '';
  return new UserError(`${loss.message}${often}`, resumeHint(loss, folder), { cause: loss });
}

function resumeHint({ hint }: UserError, folder: string): string {
  return `everything is saved up to the last checkpoint: go on with --resume ${folder}${hint ? `; ${hint}` : ''}`;
}

/**
 * Tries to open a lost device until it is there again.
 * @param patience milliseconds; a device that was unplugged may come back
 * @throws `UserError` where it is not back by then
 */
export async function reopen<T>(
  open: () => Promise<T>,
  loss: ConnectionLost,
  folder: string,
  patience: number,
  signal: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (signal.aborted || performance.now() >= deadline)
        throw new UserError(
          `${loss.message}, and the device is not back: ${error.message}`,
          resumeHint(error, folder),
          { cause: error },
        );
      await sleep(INTERVAL);
    }
  }
}
