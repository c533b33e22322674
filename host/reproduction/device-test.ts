/** What networks that a device has learnt come to there. */
import type { Dataset } from '../data/index.js';
import { evaluationIterations, type Recipe } from '../model/index.js';
import type { SavedRun } from '../records/index.js';
import { Bench } from '../runs/index.js';
import { evaluate, Learner, MinibatchSource } from '../training/index.js';
import type { Conditions } from './conditions.js';

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
