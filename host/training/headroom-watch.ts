/** Watches over a run that no drive can wrap. */
import { stateFormat, weightFormat } from '../model/format.js';
import type { NetworkParameters } from '../model/network-parameters.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import { hasHeadroom, headroom, type LayerHeadroom, requireHeadroom } from '../verification/headroom.js';

/** Minibatches between looks, an epoch's end aside: steps, so that a run stops at the same one on any machine. */
export const HEADROOM_INTERVAL = 500;

export class HeadroomWatch {
  /** Of the weights last looked at. */
  layers: readonly LayerHeadroom[] = [];

  constructor(private readonly recipe: Recipe) {}

  /** Whether no drive can wrap with these weights. */
  look(parameters: NetworkParameters): boolean {
    const { network, weights, states } = this.recipe;
    const [weightBits, stateBits] = [weightFormat(weights).fraction, stateFormat(states).fraction];
    this.layers = headroom(layerSizes(network), parameters, weightBits, stateBits);
    return hasHeadroom(this.layers);
  }

  /** Throws `UserError` naming the unit where one can. */
  require(parameters: NetworkParameters): void {
    this.look(parameters);
    requireHeadroom(this.layers);
  }
}
