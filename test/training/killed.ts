/** A run of the program itself, killed at random moments and taken up again until it has finished. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { randomKey, randomWord } from '#host/model/random';
import { hasCheckpoint, PREVIOUS } from '#host/training/checkpoint';
import { loadRun } from '#host/training/saved-run';
import { start } from '../cli/command.js';

const STREAM = 11;
/** Seconds: as good as at every opportunity. */
const INTERVAL = '0.001';

export interface KilledRun {
  /** Minibatches applied in the newest checkpoint, after each kill; nothing where there was none yet. */
  readonly found: readonly (number | undefined)[];
  /** Kills after which the previous checkpoint had to serve. */
  readonly previous: number;
  /** Kills that came too late: the run had finished. */
  readonly late: number;
}

/**
 * Runs `eqprop train` with these arguments into a folder, and kills it so many times; then lets it finish. Rejects where
 * it could not be begun or taken up after any of them.
 * @param longest milliseconds from start to kill, at most
 */
export async function runKilled(
  args: readonly string[],
  folder: string,
  kills: number,
  seed: number,
  longest: number,
): Promise<KilledRun> {
  const key = randomKey(seed, STREAM, 0);
  const found: (number | undefined)[] = [];
  let previous = 0;
  let late = 0;
  const command = () =>
    hasCheckpoint(folder) ? ['train', '--resume', folder] : ['train', ...args, '--out', folder];
  for (let kill = 0; kill < kills; kill++) {
    const running = start([...command(), '--checkpoint-interval', INTERVAL, '--quiet']);
    const moment = ((randomWord(key, kill) >>> 0) / 2 ** 32) * longest;
    const ended = await Promise.race([running.ended, setTimeout(moment)]);
    if (!ended) {
      running.kill();
      await running.ended;
    } else if (ended.code === 0) late++;
    else throw new Error(`kill ${kill}: ${ended.stderr}`);
    if (!hasCheckpoint(folder)) {
      found.push(undefined);
      continue;
    }
    const { state, note } = loadRun(folder);
    if (note?.includes(PREVIOUS)) previous++;
    found.push(state.position.step);
  }
  const last = await start([...command(), '--quiet']).ended;
  if (last.code !== 0 || !existsSync(join(folder, 'report.html'))) throw new Error(last.stderr);
  return { found, previous, late };
}
