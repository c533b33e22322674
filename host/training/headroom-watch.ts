/** Watches over a run that no drive can wrap. */

import type { NetworkParameters, Recipe } from '../model/index.js';
import { type Formats, formatsOf, type Graph, graphOf, inputScaleOf } from '../model/index.js';
import { hasHeadroom, headroom, type LayerHeadroom, requireHeadroom } from '../verification/index.js';

/** Minibatches between looks, an epoch's end aside: steps, so that a run stops at the same one on any machine. */
export const HEADROOM_INTERVAL = 500;

export class HeadroomWatch {
  /** The headroom of the weights last looked at. */
  layers: readonly LayerHeadroom[] = [];
  readonly #graph: Graph;
  readonly #formats: Formats;
  readonly #inputScale: number;

  constructor(recipe: Recipe) {
    this.#graph = graphOf(recipe);
    this.#formats = formatsOf(recipe);
    this.#inputScale = inputScaleOf(recipe);
  }

  /** Returns whether no drive can wrap with these weights. */
  look(parameters: NetworkParameters): boolean {
    this.layers = headroom(this.#graph, parameters, this.#formats, this.#inputScale);
    return hasHeadroom(this.layers);
  }

  /** Throws `UserError` naming the unit where one can. */
  require(parameters: NetworkParameters): void {
    this.look(parameters);
    requireHeadroom(this.layers);
  }
}
