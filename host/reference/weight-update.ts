import { type Batch, type Nudging, type Relaxed, relaxMinibatch } from './minibatch.js';
import type { ReferenceNetwork } from './network.js';
import { contrast } from './plasticity.js';
import type { Quantisers } from './quantisers.js';
import type { Dynamics } from './relaxation.js';

/**
 * The changes of the weights that one minibatch asks for, gain · contrast (Scellier and Bengio 2016, Eq. 50): a matrix a
 * connection, laid out as its weights. Changes nothing in the network; decay is left out.
 * @param gains per connection, see `learn`
 * @throws as `relaxMinibatch`
 */
export function weightUpdate(
  network: ReferenceNetwork,
  dynamics: Dynamics,
  batch: Batch,
  nudging: Nudging,
  gains: readonly number[],
  { states, contrast: settled, weights }: Quantisers = {},
): readonly Float64Array[] {
  const relaxed = relaxMinibatch(network, dynamics, batch, nudging, states);
  const seen: Relaxed = settled
    ? {
        ...relaxed,
        free: relaxed.free.map(settled),
        plus: relaxed.plus.map(settled),
        minus: relaxed.minus.map(settled),
      }
    : relaxed;
  return contrast(network, batch, seen).weights.map((matrix, k) =>
    matrix.map((sum, index) => (weights ? weights(gains[k] * sum, k, index) : gains[k] * sum)),
  );
}
