/** The float64 reference of a recipe: from its rounded initial limits, or with parameters that are known. */

import type { Recipe } from '../model/index.js';
import { graphOf, initialLimits } from '../model/index.js';
import { ReferenceNetwork } from '../reference/index.js';

/** Real parameters: a matrix a connection, a bias vector a free layer. */
export interface RealParameters {
  readonly weights: readonly Float64Array[];
  readonly biases: readonly Float64Array[];
}

export function initialReference(recipe: Recipe): ReferenceNetwork {
  const limits = initialLimits(recipe).map(({ value }) => value);
  return ReferenceNetwork.initial(graphOf(recipe), recipe.seed, limits);
}

export function referenceWith(recipe: Recipe, { weights, biases }: RealParameters): ReferenceNetwork {
  return new ReferenceNetwork(graphOf(recipe), weights, biases);
}
