/** One neuron that a plastic synapse and the outside drive: what the paper's test of weight changes needs to mean anything. */

import { rate, voltages } from './sequences.js';

/** A presynaptic voltage independent of what drives the neuron from outside, ahead of it by some steps, or behind it. */
export interface Lead {
  readonly name: string;
  /** Undefined of an independent one. */
  readonly steps: number | undefined;
}

export interface Synapse {
  /** Weight at the first step. */
  readonly initial: number;
  /** Learning rate of Eq. 3.18; 0 without weight changes. */
  readonly learning: number;
  /** ε of the leaky integration. */
  readonly epsilon: number;
}

export interface Trace {
  /** Σ (s(t+1) − s(t))² over the steps, divided by them. */
  readonly meanSquare: number;
  /** After the last step. */
  readonly weight: number;
}

/**
 * s ← s + ε (u(t) + W ρ(v(t)) − s), W ← W + η (s(t+1) − s(t)) ρ(v(t)); s begins where the first step leaves it.
 * @param outside u, of the length of `pre`
 * @param pre voltage v of the presynaptic neuron
 */
export function drive(
  outside: Float64Array,
  pre: Float64Array,
  { initial, learning, epsilon }: Synapse,
): Trace {
  let weight = initial;
  let state = outside[0] + weight * rate(pre[0]);
  let squares = 0;
  for (let t = 0; t < pre.length; t++) {
    const presynaptic = rate(pre[t]);
    const change = epsilon * (outside[t] + weight * presynaptic - state);
    state += change;
    squares += change * change;
    weight += learning * change * presynaptic;
  }
  return { meanSquare: squares / pre.length, weight };
}

/** Voltages of the outside and of the presynaptic neuron, `length` steps each. */
export function driven(
  length: number,
  time: number,
  steps: number | undefined,
  keys: { readonly outside: number; readonly pre: number },
): { readonly outside: Float64Array; readonly pre: Float64Array } {
  if (steps === undefined)
    return {
      outside: voltages('smooth', length, time, keys.outside),
      pre: voltages('smooth', length, time, keys.pre),
    };
  const margin = Math.abs(steps);
  const whole = voltages('smooth', length + 2 * margin, time, keys.outside);
  return {
    outside: whole.subarray(margin, margin + length),
    pre: whole.subarray(margin + steps, margin + steps + length),
  };
}
