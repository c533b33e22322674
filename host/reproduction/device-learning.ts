/** How well a network learns on the device, in its integers: an ordinary run, every reply verified. */
import { join } from 'node:path';
import type { Recipe } from '../model/index.js';
import { loadResult, RunFolder, type SavedRun } from '../records/index.js';
import type { Conditions } from './conditions.js';
import { runOnce } from './run-once.js';

export interface LearntOnDevice {
  /** In percent, counted before each minibatch's update, one an epoch. */
  readonly trainingErrors: readonly number[];
  /** In percent of the whole test set, from a zero start. */
  readonly testError: number;
  /** Replies found equal to the twin's. */
  readonly checked: number;
  readonly result: SavedRun;
}

/**
 * Trains and tests the recipe on the conditions' device, or takes it up where it stood. Rejects with `UserError`, or when the
 * conditions' signal is given.
 * @param name of the run's folder, within the experiment's
 */
export async function learnOnDevice(
  recipe: Recipe,
  name: string,
  { folder, data, runs, events, signal }: Pick<Conditions, 'folder' | 'data' | 'runs' | 'events' | 'signal'>,
): Promise<LearntOnDevice> {
  const path = join(folder, name);
  const title = `${recipe.network}, ${name}, on the device`;
  await runOnce({ title, path, preset: name, recipe, shadow: false, data }, runs, events, signal);
  signal.throwIfAborted();
  const metrics = new RunFolder(path).metrics();
  const epochs = metrics.filter((entry) => entry.kind === 'epoch');
  const tested = metrics
    .flatMap((entry) => (entry.kind === 'final' ? entry.evaluations : []))
    .find(({ set, start }) => set === 'test' && start === 'zero');
  if (!tested) throw new Error(`${path} has no test`);
  return {
    trainingErrors: epochs.map(({ trainingError }) => trainingError),
    testError: tested.error,
    checked: epochs.at(-1)?.checked ?? 0,
    result: loadResult(path),
  };
}
