/** A recipe learnt in float64 and on the device, in its integers. */
import type { Dataset } from '../data/index.js';
import { evaluationIterations, type Recipe } from '../model/index.js';
import { loadResult, type SavedRun } from '../records/index.js';
import type { ReferenceNetwork } from '../reference/index.js';
import { openBench } from '../runs/index.js';
import { evaluate, Learner, MinibatchSource } from '../training/index.js';
import type { Conditions } from './conditions.js';
import { runOnDevice } from './device-run.js';
import { learnInFloat, testInFloat } from './float-learning.js';
import { testBatch } from './float-networks.js';

/** Errors in percent. */
export interface Learnt {
  /** Counted before each minibatch's update, one an epoch. */
  readonly trainingErrors: readonly number[];
  /** From a zero start. */
  readonly testError: number;
}

export interface BothLearnt {
  readonly float: Learnt & { readonly network: ReferenceNetwork; readonly deadOutputs: number };
  readonly device: Learnt & { readonly result: SavedRun };
}

/**
 * @param name of the run's folder, in the experiment's
 * @param images the first so many of the test set
 * @param tested the recipe that they are tested by, where it is another
 */
export async function learnOnBoth(
  recipe: Recipe,
  name: string,
  dataset: Dataset,
  images: number,
  conditions: Conditions,
  tested: Recipe = recipe,
): Promise<BothLearnt> {
  const { network, trainingErrors } = await learnInFloat(recipe, dataset, conditions);
  const test = await testInFloat(network, tested, testBatch(dataset, 0, images), conditions);
  const { epochs, path } = await runOnDevice(name, recipe, conditions);
  const result = loadResult(path);
  return {
    float: { network, trainingErrors, testError: test.error, deadOutputs: test.deadOutputs },
    device: {
      result,
      trainingErrors: epochs.map(({ trainingError }) => trainingError),
      testError: await errorOnDevice(tested, result, dataset, images, conditions),
    },
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
  const bench = await openBench(runs.device, recipe, { level: runs.verification });
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
