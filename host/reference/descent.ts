/** The energy along a relaxation. */
import { totalEnergy } from './energy.js';
import type { ReferenceNetwork } from './network.js';
import { type Dynamics, Relaxation } from './relaxation.js';

export interface Descent {
  /** F before the first iteration and after each one. */
  readonly energies: readonly number[];
  /** Iterations that raised F by more than rounding explains. */
  readonly rises: number;
  /** The greatest of them. */
  readonly greatestRise: number;
  readonly settled: Float64Array;
}

/** Rounding, as a share of |F| and its terms: sums of some hundred thousand products are off by less. */
const ROUNDING = 1e-12;

/**
 * One phase, iteration by iteration (Scellier and Bengio 2016, Eq. 38: F never rises along the continuous dynamics).
 * @param image layers[0] bytes
 * @param start units states in [0, 1]
 * @param nudge signed β of the convention C = ½‖y − t‖²; F is E where it is 0
 */
export function descend(
  network: ReferenceNetwork,
  { relaxation, epsilon }: Pick<Dynamics, 'relaxation' | 'epsilon'>,
  image: Uint8Array,
  label: number,
  start: Float64Array,
  nudge: number,
  iterations: number,
): Descent {
  const phase = new Relaxation(network, { relaxation, epsilon });
  phase.clamp(image, 0);
  phase.states.set(start);
  const measure = () => totalEnergy(network, image, phase.states, nudge, label);
  const energies = [measure()];
  let rises = 0;
  let greatestRise = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    phase.settle(nudge, label, 1);
    const before = energies[energies.length - 1];
    const after = measure();
    energies.push(after);
    const rise = after - before;
    if (rise > ROUNDING * (1 + Math.abs(before) + network.units)) {
      rises++;
      greatestRise = Math.max(greatestRise, rise);
    }
  }
  return { energies, rises, greatestRise, settled: phase.states.slice() };
}
