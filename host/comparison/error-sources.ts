/** Which rounding costs what: the reference's parts rounded one at a time, from weights of the device. */
import type { Dataset } from '../data/index.js';
import type { NetworkParameters, Recipe } from '../model/index.js';
import { formatsOf, graphOf, pictured, roundedDynamics } from '../model/index.js';
import type { Quantisers } from '../reference/index.js';
import { weightUpdate } from '../reference/index.js';
import type { ErrorSources } from '../report/index.js';
import { MinibatchPlan, realParameters } from '../training/index.js';
import { referenceWith } from '../verification/index.js';
import { quantisersOf } from './formats.js';

/** Few are enough: what is compared differs by orders of magnitude. */
const MINIBATCHES = 2;

/** @param step whose examples and rates are taken, and those of the next */
export function errorSources(
  recipe: Recipe,
  parameters: NetworkParameters,
  dataset: Dataset,
  step: number,
): ErrorSources {
  const shown = pictured(recipe, dataset);
  const network = referenceWith(shown, realParameters(parameters, formatsOf(recipe), graphOf(recipe)));
  const plan = new MinibatchPlan(shown);
  const steps = Array.from({ length: MINIBATCHES }, (_, n) => step + n).filter((n) => n < plan.steps);
  const parts = {
    relaxation: new Distance(),
    contrast: new Distance(),
    update: new Distance(),
    all: new Distance(),
  };
  for (const at of steps) {
    const batch = plan.batchOf(at, dataset);
    const { nudging, gains } = plan.ratesOf(at, batch.labels.length);
    const gainValues = gains.map(({ value }) => value);
    const update = (rounded: Quantisers) =>
      weightUpdate(network, roundedDynamics(recipe), batch, nudging, gainValues, rounded);
    const { states, contrast, weights: changes } = quantisersOf(recipe, at);
    const exact = update({});
    parts.relaxation.add(update({ states }), exact);
    parts.contrast.add(update({ contrast }), exact);
    parts.update.add(update({ weights: changes }), exact);
    parts.all.add(update({ states, contrast, weights: changes }), exact);
  }
  return {
    relaxation: parts.relaxation.relative,
    contrast: parts.contrast.relative,
    update: parts.update.relative,
    all: parts.all.relative,
  };
}

/** How far vectors are from others, in units of those, all connections and minibatches together. */
export class Distance {
  #difference = 0;
  #length = 0;

  add(rounded: readonly Float64Array[], exact: readonly Float64Array[]): void {
    exact.forEach((matrix, k) => {
      matrix.forEach((value, i) => {
        this.#difference += (rounded[k][i] - value) ** 2;
        this.#length += value ** 2;
      });
    });
  }

  /** ‖rounded − exact‖ / ‖exact‖; null where nothing is exact. */
  get relative(): number | null {
    return this.#length === 0 ? null : Math.sqrt(this.#difference / this.#length);
  }
}
