/** A finished run's weights, in the reference. */
import { formatsOf, graphOf, type Recipe } from '../model/index.js';
import { loadResult } from '../records/index.js';
import type { ReferenceNetwork } from '../reference/index.js';
import { realParameters } from '../training/index.js';
import { referenceWith } from '../verification/index.js';

export interface TrainedNetwork {
  readonly recipe: Recipe;
  readonly network: ReferenceNetwork;
}

/** @throws `UserError` where the run's last checkpoint is not whole */
export function trainedNetwork(folder: string): TrainedNetwork {
  const {
    state: { recipe },
    parameters,
  } = loadResult(folder);
  return {
    recipe,
    network: referenceWith(recipe, realParameters(parameters, formatsOf(recipe), graphOf(recipe))),
  };
}
