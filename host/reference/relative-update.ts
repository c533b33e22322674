/** ‖ΔW_k‖ / ‖W_k‖, by which Scellier and Bengio (2016, section 5.2) choose the rates of the layers. */
import type { Batch, Relaxed } from './minibatch.js';
import type { ReferenceNetwork } from './network.js';
import { contrast } from './plasticity.js';

/**
 * Measures one minibatch's change of each connection's weights, relative to them (Frobenius norms).
 * @param gains per connection, see `learn`
 */
export function relativeUpdates(
  network: ReferenceNetwork,
  batch: Batch,
  relaxed: Relaxed,
  gains: readonly number[],
): readonly number[] {
  return contrast(network, batch, relaxed).weights.map(
    (matrix, k) => (gains[k] * norm(matrix)) / norm(network.weights[k]),
  );
}

function norm(matrix: Float64Array): number {
  let squares = 0;
  for (const value of matrix) squares += value * value;
  return Math.sqrt(squares);
}
