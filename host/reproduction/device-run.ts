/** Runs of an experiment on a device: ordinary ones, in its folder. */
import { join } from 'node:path';
import type { Recipe } from '../model/index.js';
import { type EpochMetrics, type Evaluation, RunFolder, type SymptomMetrics } from '../records/index.js';
import type { Conditions } from './conditions.js';
import { runOnce } from './run-once.js';

/** A run that has finished. */
export interface DeviceRun {
  readonly recipe: Recipe;
  readonly epochs: readonly EpochMetrics[];
  /** Error on the test set, from a zero start. */
  readonly test: Evaluation;
  readonly symptoms: readonly SymptomMetrics[];
  /** The run's folder. */
  readonly path: string;
}

/**
 * Trains on the conditions' device, or takes what was trained before. Rejects when the conditions' signal is given, or with `UserError`.
 * @param name of the run's folder, in the experiment's
 * @param shadow whether the float64 reference trains beside it, from the same weights
 */
export async function runOnDevice(
  name: string,
  recipe: Recipe,
  { folder, finishedRuns, data, runs, events, signal }: Conditions,
  shadow = false,
): Promise<DeviceRun> {
  const path = join(folder, name);
  const title = `${recipe.network}, ${name}`;
  await runOnce(finishedRuns, { title, path, preset: name, recipe, shadow, data }, runs, events, signal);
  signal.throwIfAborted();
  const metrics = new RunFolder(path).metrics();
  const evaluations = metrics.flatMap((one) => (one.kind === 'final' ? one.evaluations : []));
  const test = evaluations.find(({ set, start }) => set === 'test' && start === 'zero');
  if (!test) throw new RangeError(`${path} has no test`);
  return {
    recipe,
    epochs: metrics.filter((one) => one.kind === 'epoch'),
    test,
    symptoms: metrics.filter((one) => one.kind === 'symptom'),
    path,
  };
}
