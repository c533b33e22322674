import type { Graph } from '../model/index.js';
/** How strongly a network's free units drive each other, and what that allows Euler's step. */
import { randomKey, randomWord, Stream } from '../model/index.js';
import { ActiveRates } from './active.js';
import type { ConnectionForm } from './connections/form.js';
import { formsOf } from './connections/form-of.js';
import type { ReferenceNetwork } from './network.js';

export interface PowerIteration {
  /** Relative change of the norm below which it is taken as found. */
  readonly tolerance: number;
  readonly iterations: number;
}

const CAREFUL: PowerIteration = { tolerance: 1e-9, iterations: 10_000 };

/**
 * Spectral norm ‖W‖ of the coupling of all free units, by power iteration from a fixed start; approached from below. Tied
 * connections make W symmetric: the norms of the iterates rise to the greatest |eigenvalue|, though the iterates may
 * alternate.
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
  const forms = formsOf(network);
  let norm = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = couple(forms, network.graph, vector);
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
function couple(
  forms: readonly ConnectionForm[],
  { layers, connections, units }: Graph,
  vector: Float64Array,
) {
  const received = new Float64Array(units);
  const rates = layers.map(({ units: size, firstUnit }, k) => {
    const active = new ActiveRates(size);
    if (k > 0) active.collectStates(vector, firstUnit);
    return active;
  });
  connections.forEach(({ pre, post, ways }, k) => {
    if (pre === 0) return;
    if (ways !== 'back') forms[k].send(rates[pre], received, layers[post].firstUnit);
    if (ways !== 'forth') forms[k].sendBack(rates[post], received, layers[pre].firstUnit, rates[pre]);
  });
  return received;
}

function length(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] *= factor;
}
