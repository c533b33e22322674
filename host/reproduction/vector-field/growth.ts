/** Free phases of units that have no greatest rate: they may grow for ever. */
import { type Batch, type ReferenceNetwork, Relaxation } from '../../reference/index.js';

/** How free phases of a batch went, by exact sweeps from zero. */
export interface Growth {
  /** The greatest state of a hidden unit after each sweep, over all images. */
  readonly greatest: readonly number[];
  /** Images whose greatest state is above 1 and rose by more than a hundredth in the last sweep. */
  readonly growing: number;
}

/** @param limit the greatest state that a hidden unit may have: 1 of the hard sigmoid, `Infinity` of rectified units */
export function growthOf(
  network: ReferenceNetwork,
  { images, labels }: Batch,
  limit: number,
  sweeps: number,
): Growth {
  const phase = new Relaxation(network, { relaxation: 'exact', greatest: limit });
  const { inputs, units, outputs } = network.graph;
  const hidden = phase.states.subarray(0, units - outputs);
  const byImage = Array.from(labels, (_, n) => {
    phase.clamp(images, n * inputs);
    phase.states.fill(0);
    return Array.from({ length: sweeps }, () => {
      phase.settle(0, 0, 1);
      return hidden.reduce((most, state) => Math.max(most, state), 0);
    });
  });
  return {
    greatest: Array.from({ length: sweeps }, (_, sweep) => Math.max(...byImage.map((one) => one[sweep]))),
    growing: byImage.filter((one) => one[sweeps - 1] > Math.max(1, 1.01 * (one[sweeps - 2] ?? 0))).length,
  };
}
