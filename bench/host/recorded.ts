/** Long runs of PyTorch that nobody repeats for a table: recorded once, with the command that repeats them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '#host/ground/errors';
import { shortPath, source } from './folders.js';

/** The training error to reach; a fraction. */
export const TARGET_ERROR = 0.02;

const iterations = v.pipe(v.number(), v.integer(), v.minValue(1));

const recordSchema = v.strictObject({
  network: v.string(),
  command: v.string(),
  version: v.string(),
  /** Iterations of the free and the nudged phase: what its speed is measured with. */
  iterations: v.strictObject({ free: iterations, nudged: iterations }),
  /** Whole ones, the first being 1; the error is a fraction, of all the epoch's images. */
  epochs: v.pipe(
    v.array(
      v.strictObject({ epoch: v.pipe(v.number(), v.integer(), v.minValue(1)), trainingError: v.number() }),
    ),
    v.minLength(1),
  ),
  /** Epochs until the error over the last epoch of images was the target, linear between epochs; null: not yet. */
  reached: v.nullable(v.number()),
  note: v.string(),
});

export type RecordedRun = v.InferOutput<typeof recordSchema>;

export const recordPath = join(source, 'recorded', 'torch.json');

export function readRecorded(): readonly RecordedRun[] {
  if (!existsSync(recordPath)) return [];
  try {
    return v.parse(v.array(recordSchema), JSON.parse(readFileSync(recordPath, 'utf8')));
  } catch (error) {
    throw new UserError(
      `${shortPath(recordPath)} cannot be read: ${(error as Error).message}`,
      'write it anew from the runs’ logs: node build/bench/record-torch.js log…',
      { cause: error },
    );
  }
}

/** When the error, known at the ends of epochs, came down to the target. */
export function epochsUntil(target: number, epochs: RecordedRun['epochs']): number | null {
  const at = epochs.findIndex(({ trainingError }) => trainingError <= target);
  if (at < 0) return null;
  if (at === 0) return epochs[0].epoch;
  const [before, after] = [epochs[at - 1], epochs[at]];
  const share = (before.trainingError - target) / (before.trainingError - after.trainingError);
  return Number((before.epoch + share * (after.epoch - before.epoch)).toFixed(2));
}
