/** Outcomes of runs on a device, in curves and cells. */
import type { Curve } from '../../drawing/index.js';
import { count, decimals, mean, NOTHING, percent } from '../../ground/index.js';
import { parseRange } from '../../model/index.js';
import type { EpochMetrics } from '../../records/index.js';
import type { DeviceRun } from '../device-run.js';

/** Its last epoch. */
export function last({ epochs }: DeviceRun): EpochMetrics {
  return epochs[epochs.length - 1];
}

/** How many images it trained on, as written for people. */
export function countOf({ recipe }: DeviceRun): string {
  const [from, to] = parseRange(recipe.training);
  return count(to - from);
}

/** A point an epoch: the mean over runs; null where one of them lacks the value. */
export function meanByEpoch(
  runs: readonly Pick<DeviceRun, 'epochs'>[],
  of: (epoch: EpochMetrics) => number | null | undefined,
): Curve['points'] {
  const [{ epochs }] = runs;
  return epochs.map(({ epoch }, n) => {
    const values = runs.flatMap((one) => of(one.epochs[n]) ?? []);
    return [epoch, values.length === runs.length ? mean(values) : null] as const;
  });
}

/** Heads of `resultOf`. */
export const RESULT_HEAD = ['training', 'validation', 'test', 'float64: test', 'cos(W, Bᵀ)', 'not settled'];

/** Cells of a table, errors in percent. */
export function resultOf(one: DeviceRun): readonly string[] {
  const { trainingError, validation, unsettled } = last(one);
  return [
    decimals(trainingError),
    validation ? decimals(validation.error) : NOTHING,
    decimals(one.test.error),
    one.test.referenceError === undefined ? NOTHING : decimals(one.test.referenceError),
    alignmentsOf(one),
    percent(unsettled),
  ];
}

function alignmentsOf(one: DeviceRun): string {
  return (
    last(one)
      .alignments?.map((value) => decimals(value ?? undefined))
      .join(', ') ?? NOTHING
  );
}
