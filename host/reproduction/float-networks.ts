/** Networks of experiments in float64: at their initial weights, or trained a little in the reference. */
import type { Dataset } from '../data/index.js';
import { checkRecipe, pictured, type Recipe, realRates, roundedDynamics } from '../model/index.js';
import {
  type Batch,
  type Dynamics,
  type ReferenceNetwork,
  type Relaxed,
  trainMinibatch,
} from '../reference/index.js';
import { gather, MinibatchPlan } from '../training/index.js';
import { initialReference } from '../verification/index.js';
import type { Conditions } from './conditions.js';

/** Exact sweeps from a zero start by centered nudging, half of Glorot's weights, rates falling over the epochs. */
const values = {
  description: 'an experiment in float64',
  weights: 'Q1.14',
  states: 'Q1.14',
  'initial-scale': 0.5,
  relaxation: 'exact',
  'free-iterations': 20,
  'nudged-iterations': 10,
  nudging: 'centered',
  beta: 0.3,
  schedule: 'linear',
  epochs: 1,
  training: '0..1000',
  validation: 'none',
};

/** A first rate of 0.4, half as much from layer to layer. */
export function floatRecipe(network: string, changes: Readonly<Record<string, unknown>> = {}): Recipe {
  const connections = network.split('-').length - 1;
  const rates = Array.from({ length: connections }, (_, k) => 0.4 / 2 ** k);
  return checkRecipe({ ...values, network, rates, ...changes }, `${network} in float64`);
}

/** Called with each minibatch's settled states; `epoch` is counted from 0. */
export type Watch = (relaxed: Relaxed, batch: Batch, epoch: number) => void;

/** Trains the recipe in the reference, from its initial weights; rejects when the conditions say so. */
export async function trainedInFloat(
  recipe: Recipe,
  dataset: Dataset,
  { step: tell }: Pick<Conditions, 'step'>,
  watch: Watch = () => undefined,
  unit: Pick<Dynamics, 'greatest'> = {},
): Promise<ReferenceNetwork> {
  const network = initialReference(recipe);
  const dynamics = { ...roundedDynamics(recipe), ...unit };
  const plan = new MinibatchPlan(pictured(recipe, dataset));
  for (let step = 0; step < plan.steps; step++) {
    if (step % TOLD === 0) await tell(`training ${recipe.network}`, step, plan.steps);
    const batch = plan.batchOf(step, dataset);
    const rates = plan.ratesOf(step, batch.labels.length);
    const relaxed = trainMinibatch(network, dynamics, batch, rates.nudging, realRates(rates));
    watch(relaxed, batch, Math.floor(step / plan.perEpoch));
  }
  return network;
}

const TOLD = 20;

/** The test set's images of these indices. */
export function testBatch({ test, pixels }: Dataset, from: number, to: number): Batch {
  return gather(
    test,
    pixels,
    Uint32Array.from({ length: to - from }, (_, n) => from + n),
  );
}
