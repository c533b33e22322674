/** Runs of the program itself, killed at random moments and taken up again until they have finished. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { randomKey, randomWord } from '#host/model/index';
import { PREVIOUS } from '#host/records/checkpoint';
import { hasCheckpoint, loadRun } from '#host/records/index';
import { type Running, start } from '../cli/command.js';

const STREAM = 11;
/** Seconds: as good as at every opportunity. */
const INTERVAL = '0.001';

export interface KilledRuns {
  /** Folders of the runs; all have finished. */
  readonly folders: readonly string[];
  /** Minibatches applied in the newest checkpoint, after each kill; nothing where there was none yet. */
  readonly found: readonly (number | undefined)[];
  /** Kills after which the previous checkpoint had to serve. */
  readonly previous: number;
}

/**
 * Runs `eqprop train` with these arguments in folders within one, and kills it so many times before it has finished,
 * however fast the machine: a run that ends before its kill is followed by another. Rejects where one could not be begun
 * or taken up.
 * @param longest milliseconds from start to kill, at most
 */
export async function runKilled(
  args: readonly string[],
  within: string,
  kills: number,
  seed: number,
  longest: number,
): Promise<KilledRuns> {
  const key = randomKey(seed, STREAM, 0);
  const folders: string[] = [];
  const found: (number | undefined)[] = [];
  let previous = 0;
  const current = () => join(within, String(folders.length + 1));
  const end = async (running: Running) => {
    const { code, stderr } = await running.ended;
    if (code !== 0 || !existsSync(join(current(), 'report.html'))) throw new Error(`${current()}: ${stderr}`);
    folders.push(current());
  };
  for (let attempt = 0; found.length < kills; attempt++) {
    const folder = current();
    const running = startIn(folder, args, '--checkpoint-interval', INTERVAL);
    const moment = ((randomWord(key, attempt) >>> 0) / 2 ** 32) * longest;
    await Promise.race([running.ended, setTimeout(moment)]);
    running.kill();
    const { code } = await running.ended;
    if (code !== null) await end(running);
    else if (hasCheckpoint(folder)) {
      const { state, note } = loadRun(folder);
      if (note?.includes(PREVIOUS)) previous++;
      found.push(state.position.step);
    } else found.push(undefined);
  }
  await end(startIn(current(), args));
  return { folders, found, previous };
}

function startIn(folder: string, args: readonly string[], ...more: readonly string[]): Running {
  const command = hasCheckpoint(folder) ? ['--resume', folder] : [...args, '--out', folder];
  return start(['train', ...command, ...more, '--quiet']);
}
