/** How well a network learns in float64. */
import type { Dataset } from '../data/index.js';
import { type Recipe, roundedDynamics } from '../model/index.js';
import { type Batch, type Dynamics, type ReferenceNetwork, relaxMinibatch } from '../reference/index.js';
import type { Conditions } from './conditions.js';
import { trainedInFloat, type Watch } from './float-networks.js';

export interface Learnt {
  readonly network: ReferenceNetwork;
  /** In percent, counted before each minibatch's update, one an epoch. */
  readonly trainingErrors: readonly number[];
}

export interface Tested {
  /** In percent. */
  readonly error: number;
  /** Outputs that no example lifts above 0. */
  readonly deadOutputs: number;
}

/** Trains as `trainedInFloat`, counting errors. */
export async function learnInFloat(
  recipe: Recipe,
  dataset: Dataset,
  conditions: Pick<Conditions, 'step'>,
  unit: Pick<Dynamics, 'greatest'> = {},
): Promise<Learnt> {
  const wrong = new Array<number>(recipe.epochs).fill(0);
  const seen = new Array<number>(recipe.epochs).fill(0);
  const count: Watch = ({ predictions }, { labels }, epoch) => {
    wrong[epoch] += missed(predictions, labels);
    seen[epoch] += labels.length;
  };
  const network = await trainedInFloat(recipe, dataset, conditions, count, unit);
  return { network, trainingErrors: wrong.map((count, epoch) => (100 * count) / seen[epoch]) };
}

/** Examples relaxed between two looks at the clock. */
const AT_A_TIME = 100;

/** Relaxes examples from a zero start as the recipe does. */
export async function testInFloat(
  network: ReferenceNetwork,
  recipe: Recipe,
  { images, labels }: Batch,
  { step }: Pick<Conditions, 'step'>,
  unit: Pick<Dynamics, 'greatest'> = {},
): Promise<Tested> {
  const { inputs, units, outputs } = network.graph;
  const alive = new Set<number>();
  let wrong = 0;
  for (let from = 0; from < labels.length; from += AT_A_TIME) {
    await step(`testing ${recipe.network}`, from, labels.length);
    const some = {
      labels: labels.subarray(from, from + AT_A_TIME),
      images: images.subarray(from * inputs, (from + AT_A_TIME) * inputs),
    };
    const dynamics = { ...roundedDynamics(recipe), ...unit };
    const { predictions, free } = relaxMinibatch(network, dynamics, some, undefined);
    wrong += missed(predictions, some.labels);
    free.forEach((state, at) => {
      if (state > 0 && at % units >= units - outputs) alive.add(at % units);
    });
  }
  return { error: (100 * wrong) / labels.length, deadOutputs: outputs - alive.size };
}

function missed(predictions: Uint8Array, labels: Uint8Array): number {
  return labels.reduce((sum, label, n) => sum + Number(label !== predictions[n]), 0);
}
