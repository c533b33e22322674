/** Chains of dense layers in float64 that learn by rules of the experiments' own. */
import type { Dataset } from '../../data/index.js';
import { pictured, type RealRates, type Recipe, realRates, roundedDynamics } from '../../model/index.js';
import { type Batch, type ReferenceNetwork, relaxMinibatch } from '../../reference/index.js';
import { MinibatchPlan } from '../../training/index.js';
import type { Conditions } from '../conditions.js';
import { floatRecipe, testBatch } from '../float-networks.js';

export interface Learning {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** The first so many training images, or as many as there are. */
  readonly images: number;
  readonly epochs: number;
  readonly seed: number;
}

/** Free sweeps or steps of exact relaxation, by hidden layers. */
const SWEEPS = [12, 20, 30] as const;

/** Trained by exact sweeps, centered nudging. `changes` to its keys; a first rate of .4, and .1 above one hidden layer. */
export function chainRecipe(
  { pixels, classes, training }: Pick<Dataset, 'pixels' | 'classes' | 'training'>,
  { hidden, images, epochs, seed }: Learning,
  changes: Readonly<Record<string, unknown>> = {},
): Recipe {
  const sweeps = SWEEPS[hidden.length - 1];
  return floatRecipe([pixels, ...hidden, classes].join('-'), {
    seed,
    epochs,
    training: `0..${Math.min(images, training.count)}`,
    'free-iterations': sweeps,
    'nudged-iterations': sweeps / 2,
    ...(hidden.length === 1 && { rates: [0.4, 0.1] }),
    ...changes,
  });
}

/** Nudged one way by the whole of the cost, for rules along the path to there. */
export const ONE_SIDED = { nudging: 'positive', beta: 1 } as const;

/** One minibatch learnt. Comes to how many of its images were classified wrongly before. */
export type LearnMinibatch = (batch: Batch, rates: RealRates, step: number) => number;

/** Minibatches between two turns of others. */
const TURN = 20;

/**
 * Passes over the recipe's images, a minibatch after another.
 * @returns the share of wrong predictions in each epoch, counted as it went
 */
export async function passOver(
  recipe: Recipe,
  dataset: Dataset,
  learn: LearnMinibatch,
  part: string,
  tell: Conditions['step'],
): Promise<readonly number[]> {
  const plan = new MinibatchPlan(pictured(recipe, dataset));
  const counts = Array.from({ length: recipe.epochs }, () => ({ wrong: 0, images: 0 }));
  for (let step = 0; step < plan.steps; step++) {
    if (step % TURN === 0) await tell(part, step, plan.steps);
    const batch = plan.batchOf(step, dataset);
    const count = counts[Math.floor(step / plan.perEpoch)];
    count.wrong += learn(batch, realRates(plan.ratesOf(step, batch.labels.length)), step);
    count.images += batch.labels.length;
  }
  return counts.map(({ wrong, images }) => wrong / images);
}

/** Test images that networks are judged by. */
const JUDGED = 2000;
const CHUNK = 100;

/** The share of the first test images that the recipe's free phase from zero classifies wrongly. */
export async function errorOf(
  network: ReferenceNetwork,
  recipe: Recipe,
  dataset: Dataset,
  part: string,
  tell: Conditions['step'],
): Promise<number> {
  const count = Math.min(JUDGED, dataset.test.count);
  let wrong = 0;
  for (let from = 0; from < count; from += CHUNK) {
    await tell(`${part}, tested`, from, count);
    const batch = testBatch(dataset, from, Math.min(from + CHUNK, count));
    const { predictions } = relaxMinibatch(network, roundedDynamics(recipe), batch, undefined);
    wrong += wrongIn(predictions, batch.labels);
  }
  return wrong / count;
}

export function wrongIn(predictions: Uint8Array, labels: Uint8Array): number {
  return predictions.reduce((wrong, prediction, n) => wrong + (prediction === labels[n] ? 0 : 1), 0);
}
