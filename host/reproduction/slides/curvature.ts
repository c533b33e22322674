/** Curvature of the feedforward-compatible energy at its free minimum: what bounds a step of its descent. */
import { norm } from '../statistics.js';
import { type Chain, returned } from './chain.js';

/** Power iteration ends where an iteration changes the value by a smaller share, or so late. */
const PRECISION = 1e-4;
const LONGEST = 1000;

/**
 * The greatest eigenvalue of ∂²E/∂h² at the feedforward pass. Errors are 0 there, so it is 2 JᵀJ, J being what errors
 * change by with the states: (J v)_l = v_l − f_l′ W_l v_{l−1}.
 * @param states of the pass, the inputs first
 */
export function greatestCurvature(chain: Chain, states: readonly Float64Array[]): number {
  let direction = states.slice(1).map((values) => values.map((_, i) => 1 + (i % 3)));
  let value = 0;
  for (let n = 0; n < LONGEST; n++) {
    const image = backward(chain, states, forward(chain, states, direction));
    const size = norm(...image) / norm(...direction);
    if (Math.abs(size - value) <= PRECISION * size) return 2 * size;
    value = size;
    direction = image.map((values) => values.map((one) => one / size));
  }
  return 2 * value;
}

function forward(chain: Chain, states: readonly Float64Array[], direction: Float64Array[]): Float64Array[] {
  return direction.map((own, k) => {
    if (k === 0) return own.slice();
    const below = direction[k - 1];
    const drives = own.map((_, i) => {
      let drive = 0;
      for (let j = 0, at = i * below.length; j < below.length; j++, at++)
        drive += chain.weights[k][at] * below[j];
      return drive;
    });
    const changes = chain.deltas(k, states[k + 1], drives);
    return own.map((one, i) => one - changes[i]);
  });
}

function backward(chain: Chain, states: readonly Float64Array[], errors: Float64Array[]): Float64Array[] {
  return errors.map((own, k) => {
    if (k === errors.length - 1) return own.slice();
    const deltas = chain.deltas(k + 1, states[k + 2], errors[k + 1]);
    const sent = returned(chain.weights[k + 1], deltas, own.length);
    return own.map((one, i) => one - sent[i]);
  });
}
