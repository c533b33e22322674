/** How strongly a network's free units drive each other, and what that allows Euler's step. */
import { randomKey, randomWord, Stream } from '../model/random.js';
import type { ReferenceNetwork } from './network.js';

export interface PowerIteration {
  /** Relative change of the norm below which it is taken as found. */
  readonly tolerance: number;
  readonly iterations: number;
}

const CAREFUL: PowerIteration = { tolerance: 1e-9, iterations: 10_000 };

/**
 * Spectral norm ‖W‖ of the symmetric coupling of all free units, by power iteration from a fixed start; approached
 * from below. Layers couple to their neighbours alone, so the coupling's eigenvalues come in pairs ±σ: the norms of
 * the iterates converge, though the iterates may alternate.
 */
export function couplingNorm(
  network: ReferenceNetwork,
  { tolerance, iterations }: PowerIteration = CAREFUL,
): number {
  const key = randomKey(0, Stream.weights, 0);
  let vector: Float64Array = Float64Array.from(
    { length: network.units },
    (_, u) => 1 + randomWord(key, u) / 2 ** 32,
  );
  scale(vector, 1 / length(vector));
  let norm = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = couple(network, vector);
    const reached = length(next);
    if (reached === 0) return 0;
    scale(next, 1 / reached);
    vector = next;
    if (Math.abs(reached - norm) <= tolerance * reached) return Math.max(norm, reached);
    norm = Math.max(norm, reached);
  }
  return norm;
}

/**
 * The greatest Euler step that cannot raise F = E + βC: gradient descent on a box descends while ε ≤ 2/λ, with λ the
 * greatest eigenvalue of F's Hessian I − W + β (on the outputs), which is at most 1 + ‖W‖ + max(0, β).
 * @param norm ‖W‖
 * @param nudge signed β of the convention C = ½‖y − t‖²
 */
export function safeStep(norm: number, nudge: number): number {
  return 2 / (1 + norm + Math.max(0, nudge));
}

/** W · v: what each free unit receives from the others. */
function couple({ layers, weights, offsets, units }: ReferenceNetwork, vector: Float64Array): Float64Array {
  const received = new Float64Array(units);
  for (let k = 1; k < weights.length; k++) {
    const [pre, post, width] = [offsets[k - 1], offsets[k], layers[k + 1]];
    for (let i = 0; i < layers[k]; i++) {
      const row = i * width;
      let back = 0;
      for (let j = 0; j < width; j++) {
        received[post + j] += weights[k][row + j] * vector[pre + i];
        back += weights[k][row + j] * vector[post + j];
      }
      received[pre + i] += back;
    }
  }
  return received;
}

function length(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] *= factor;
}
