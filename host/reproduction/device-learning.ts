/** How well a network learns on the device, in its integers: an ordinary run, every reply verified. */
import { join } from 'node:path';
import type { Dataset } from '../data/index.js';
import { evaluationIterations, type Recipe } from '../model/index.js';
import { loadResult, RunFolder, type SavedRun } from '../records/index.js';
import { Bench } from '../runs/index.js';
import { evaluate, Learner, MinibatchSource } from '../training/index.js';
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

/** The share in percent of the first test images that the recipe's free phase from zero classifies wrongly on the device. */
export async function errorOnDevice(
  recipe: Recipe,
  { parameters, state: { position } }: SavedRun,
  { test, pixels }: Dataset,
  images: number,
  { runs, step, signal }: Pick<Conditions, 'runs' | 'step' | 'signal'>,
): Promise<number> {
  await step(`testing ${recipe.network} on the device`, 0, images);
  const bench = await Bench.open(runs.device, recipe, { level: runs.verification });
  try {
    const learner = new Learner(bench.endpoint, recipe);
    await learner.configure();
    await learner.load(parameters, position.step, BigInt(`0x${position.digest}`));
    const { wrong } = await evaluate(learner, bench.tensors, undefined, {
      ...{ source: new MinibatchSource(test, pixels), from: 0, to: images },
      ...{ minibatch: recipe.minibatch, iterations: evaluationIterations(recipe), signal },
    });
    signal.throwIfAborted();
    return (100 * wrong) / images;
  } finally {
    await bench.close();
  }
}
