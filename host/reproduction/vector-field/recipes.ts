/** Recipes of the paper's networks as they learn here: exact sweeps from a zero start, half of Glorot's weights. */
import { checkRecipe, type Recipe } from '../../model/index.js';

const values = {
  description: 'a vector field',
  weights: 'Q1.14',
  states: 'Q3.12',
  'initial-scale': 0.5,
  relaxation: 'exact',
  nudging: 'positive',
  beta: 1,
  schedule: 'exponential',
  'schedule-factor': 0.93,
  validation: 'none',
};

/** By number of hidden layers. */
const settling = {
  1: { 'free-iterations': 12, 'nudged-iterations': 6, rates: [0.4, 0.1] },
  2: { 'free-iterations': 20, 'nudged-iterations': 10, rates: [0.4, 0.2, 0.1] },
} as const;

/** Recipes for one hidden layer or two; ways back as `feedback` of the changes says. */
export function vectorFieldRecipe(
  network: string,
  changes: Readonly<Record<string, unknown>> & { readonly epochs: number },
): Recipe {
  const own = network.split('-').length > 3 ? settling[2] : settling[1];
  return checkRecipe({ ...values, ...own, network, ...changes }, `${network} as a vector field`);
}
