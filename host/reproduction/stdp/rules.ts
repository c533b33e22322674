/** Both rules of a synapse at a presynaptic spike: nearest-neighbour STDP, and the rate of change of the postsynaptic voltage. */

export const outcomes = ['changed', 'both-sides', 'coincident', 'none'] as const;
/** `changed`: spikes on one side of the presynaptic one. Else the weight is left alone, and why. */
export type Outcome = (typeof outcomes)[number];

export interface Pairing {
  readonly outcome: Outcome;
  /** Post minus pre of the nearest neighbour in steps, within the window and not 0; 0 unless the outcome is `changed`. */
  readonly delay: number;
}

/**
 * Section 4.2.1: no change with postsynaptic spikes in both windows, with none at all, or with a single one that coincides. A
 * spike at the same step as the presynaptic one is in neither window; the windows end where the sequence does.
 * @param window steps before and after the presynaptic spike
 */
export function pairing(post: Uint8Array, at: number, window: number): Pairing {
  const after = nearest(post, at, 1, window);
  const before = nearest(post, at, -1, window);
  if (after > 0 && before > 0) return { outcome: 'both-sides', delay: 0 };
  if (after > 0) return { outcome: 'changed', delay: after };
  if (before > 0) return { outcome: 'changed', delay: -before };
  return { outcome: post[at] ? 'coincident' : 'none', delay: 0 };
}

function nearest(post: Uint8Array, at: number, direction: 1 | -1, window: number): number {
  for (let distance = 1; distance <= window; distance++) if (post[at + direction * distance]) return distance;
  return 0;
}

/** Change of the weight by the nearest-neighbour rule: sign(Δt) exp(−|Δt| / τ), 0 of a pair that changes nothing. */
export function nearestNeighbour(delay: number, time: number): number {
  return delay === 0 ? 0 : Math.sign(delay) * Math.exp(-Math.abs(delay) / time);
}

export const estimators = ['central', 'forward', 'backward'] as const;
/** How the rate of change at a step is taken: (s(t+1) − s(t−1))/2, s(t+1) − s(t), s(t) − s(t−1). */
export type Estimator = (typeof estimators)[number];

/** ds/dt at a step, of a sequence that goes on at both sides of it. */
export function rateOfChange(voltage: Float64Array, at: number, estimator: Estimator): number {
  switch (estimator) {
    case 'central':
      return (voltage[at + 1] - voltage[at - 1]) / 2;
    case 'forward':
      return voltage[at + 1] - voltage[at];
    case 'backward':
      return voltage[at] - voltage[at - 1];
  }
}
