/** Rounded states that come to rest, or go round: sweep by sweep, as the device's do. */
import { toNearest } from '../../model/index.js';
import { type ReferenceNetwork, Relaxation } from '../../reference/index.js';

export interface Rest {
  /** Sweeps until one changes nothing; undefined where none did. */
  readonly sweeps: number | undefined;
  /** The cycle that they end in, where they do. */
  readonly cycle?: {
    /** Sweeps. */
    readonly period: number;
    /** Units that change within it. */
    readonly units: number;
    /** Most steps of the format that one of them is apart from itself. */
    readonly steps: number;
  };
}

/**
 * The free phase from a zero start.
 * @param fraction fractional bits of the states; weights and sums are exact, as the device's
 * @param most sweeps; one that has neither settled nor come back to a state by then is neither
 */
export function restOf(
  network: ReferenceNetwork,
  images: Uint8Array,
  at: number,
  fraction: number,
  most: number,
): Rest {
  const scale = 2 ** fraction;
  const phase = new Relaxation(network, { relaxation: 'exact' }, toNearest(fraction));
  phase.clamp(images, at);
  const seen = new Map<string, number>();
  const all: Float64Array[] = [];
  for (let sweep = 1; sweep <= most; sweep++) {
    const before = phase.states.slice();
    phase.settle(0, 0, 1);
    if (phase.states.every((state, u) => state === before[u])) return { sweeps: sweep };
    const key = phase.states.map((state) => state * scale).join();
    const first = seen.get(key);
    if (first !== undefined) return { sweeps: undefined, cycle: cycleOf(all.slice(first), scale) };
    seen.set(key, all.length);
    all.push(phase.states.slice());
  }
  return { sweeps: undefined };
}

function cycleOf(states: readonly Float64Array[], scale: number): NonNullable<Rest['cycle']> {
  const spans = Array.from(states[0], (_, u) => {
    const values = states.map((one) => one[u]);
    return (Math.max(...values) - Math.min(...values)) * scale;
  });
  return {
    period: states.length,
    units: spans.filter((span) => span > 0).length,
    steps: Math.max(...spans),
  };
}

/** Share of them that have not come to rest within so many sweeps. */
export function restless(all: readonly Pick<Rest, 'sweeps'>[], sweeps: number): number {
  return all.filter((one) => one.sweeps === undefined || one.sweeps > sweeps).length / all.length;
}
