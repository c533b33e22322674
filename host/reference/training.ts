import { takeMean } from './centre-learning.js';
import { type Batch, type Nudging, type Relaxed, relaxMinibatch } from './minibatch.js';
import type { ReferenceNetwork } from './network.js';
import { type LearningRates, learn } from './plasticity.js';
import type { Dynamics } from './relaxation.js';

/**
 * One training step: relaxes the batch, then updates the network in place. Predictions and cost are those
 * before the update.
 * @throws as `relaxMinibatch`; the network is then unchanged
 */
export function trainMinibatch(
  network: ReferenceNetwork,
  dynamics: Dynamics,
  batch: Batch,
  nudging: Nudging,
  rates: LearningRates,
): Relaxed {
  takeMean(network, batch);
  const relaxed = relaxMinibatch(network, dynamics, batch, nudging);
  learn(network, batch, relaxed, rates);
  return relaxed;
}
