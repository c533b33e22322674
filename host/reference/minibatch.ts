import { noiseKey, Phase } from '../model/index.js';
import type { ReferenceNetwork } from './network.js';
import type { Quantisers } from './quantisers.js';
import { type Dynamics, type Noise, Relaxation } from './relaxation.js';

/**
 * The nudged phases that follow the free one: one with +β, one with −β, one of each, both starting from the free states, or
 * one with the output clamped to the target.
 */
export type Nudging = 'positive' | 'negative' | 'centered' | 'clamped';

/** n labelled images, and where their states start. */
export interface Batch {
  /** n · inputs bytes. */
  readonly images: Uint8Array;
  /** n bytes, each below the number of outputs. */
  readonly labels: Uint8Array;
  /** How strong the pixels are, where dropout has left out some: 1 if absent. */
  readonly inputScale?: number;
  /** Step of the minibatch, which decides its noise; that of examples that are not learnt from if absent. */
  readonly step?: number;
  /** n · units states in [0, 1], layers 1, 2, … one after another; zero if absent. */
  readonly start?: Float64Array;
}

/** Per sample, in the batch's order; states are n · units, layers 1, 2, … one after another. */
export interface Relaxed {
  /** The first of the greatest outputs at the free state. */
  readonly predictions: Uint8Array;
  readonly freeIterations: Uint32Array;
  /** Iterations of all nudged phases together: with centered nudging the sum of both. */
  readonly nudgedIterations: Uint32Array;
  readonly free: Float64Array;
  /**
   * The contrast is Σ ρ⁺ρ⁺ − ρ⁻ρ⁻. With positive nudging and clamped plus is the nudged state and minus the free one;
   * with negative nudging the reverse; centered, they are the states of +β and −β. Where one of them is the
   * free state it is the same array as `free`; after a free phase alone both are.
   */
  readonly plus: Float64Array;
  readonly minus: Float64Array;
  /** Sums of connections that learn by rates, Σ ρ ṡ along the nudged phases, a matrix as the weights'; undefined of others. */
  readonly traced?: readonly (Float64Array | undefined)[];
  /** Σ ½‖y − t‖² over the batch at the free states. */
  readonly cost: number;
}

/**
 * Relaxes every sample of a batch: the free phase, then the nudged phases unless `nudging` is undefined.
 * Changes nothing in the network.
 * @param round of states, whenever they have changed; exact if absent
 * @throws RangeError if the batch does not fit the network
 * @throws UserError if `exact` or `spiking` relaxation cannot settle with this nudge (1 − β ≤ 0)
 */
export function relaxMinibatch(
  network: ReferenceNetwork,
  dynamics: Dynamics,
  batch: Batch,
  nudging: Nudging | undefined,
  round?: Quantisers['states'],
): Relaxed {
  requireFit(network, batch);
  const { units, inputs, outputs } = network.graph;
  const { images, labels, start, inputScale } = batch;
  const count = labels.length;
  const output = units - outputs;
  const predictions = new Uint8Array(count);
  const freeIterations = new Uint32Array(count);
  const nudgedIterations = new Uint32Array(count);
  const free = new Float64Array(count * units);
  const plus = nudging === undefined || nudging === 'negative' ? free : new Float64Array(count * units);
  const isOneSided = nudging === undefined || nudging === 'positive' || nudging === 'clamped';
  const minus = isOneSided ? free : new Float64Array(count * units);
  const relaxation = new Relaxation(network, dynamics, round);
  const { states } = relaxation;
  const { noise } = dynamics;
  const { traced } = relaxation;
  const draws = (slot: number, phase: number): Noise | undefined =>
    noise && {
      isLeaky: noise.isLeaky,
      deviation: noise.deviation,
      key: noiseKey(noise.seed, batch.step, slot, noise.isShared ? Math.min(phase, 1) : phase),
    };
  const rest = new Float64Array(units);
  let cost = 0;

  for (let n = 0; n < count; n++) {
    const label = labels[n];
    const at = n * units;
    relaxation.clamp(images, n * inputs, inputScale);
    states.set(start === undefined ? rest : start.subarray(at, at + units));
    relaxation.noise = draws(n, Phase.free);
    relaxation.tracing = 0;
    freeIterations[n] = relaxation.settle(0, label, dynamics.freeIterations);
    free.set(states, at);
    predictions[n] = firstGreatest(states, output);
    cost += outputCost(states, output, label);
    if (isBeyond(dynamics.margin, states, output, label)) {
      for (const side of [plus, minus]) side.set(states, at);
      continue;
    }
    relaxation.noise = draws(n, Phase.plus);
    relaxation.tracing = 1;
    if (plus !== free) {
      nudgedIterations[n] +=
        nudging === 'clamped'
          ? relaxation.settleClamped(label, dynamics.nudgedIterations)
          : relaxation.settle(dynamics.nudge, label, dynamics.nudgedIterations);
      plus.set(states, at);
    }
    if (minus !== free) {
      states.set(free.subarray(at, at + units));
      relaxation.noise = draws(n, Phase.minus);
      relaxation.tracing = -1;
      nudgedIterations[n] += relaxation.settle(-dynamics.nudge, label, dynamics.nudgedIterations);
      minus.set(states, at);
    }
  }
  return { predictions, freeIterations, nudgedIterations, free, plus, minus, traced, cost };
}

/** The place of the greatest from `first` on, counted from there; the first of equals (Eq. 51). */
export function firstGreatest(values: Float64Array, first = 0): number {
  let best = first;
  for (let u = first + 1; u < values.length; u++) if (values[u] > values[best]) best = u;
  return best - first;
}

/** Tells if the label's output is greater than any other by a margin. */
function isBeyond(margin: number | undefined, states: Float64Array, output: number, label: number): boolean {
  if (margin === undefined) return false;
  const own = states[output + label];
  for (let u = output; u < states.length; u++)
    if (u - output !== label && own - states[u] < margin) return false;
  return true;
}

function outputCost(states: Float64Array, output: number, label: number): number {
  let squares = 0;
  for (let u = output; u < states.length; u++) {
    const error = states[u] - (u - output === label ? 1 : 0);
    squares += error * error;
  }
  return squares / 2;
}

function requireFit({ graph }: ReferenceNetwork, { images, labels, start }: Batch): void {
  const count = labels.length;
  const { inputs, outputs, units } = graph;
  if (images.length !== count * inputs) {
    throw new RangeError(`${images.length} pixels for ${count} labels and ${inputs} inputs`);
  }
  if (start !== undefined && start.length !== count * units) {
    throw new RangeError(`${start.length} starting states for ${count} samples of ${units} units`);
  }
  if (start?.some((state) => !(state >= 0 && state <= 1))) {
    throw new RangeError('a starting state lies outside [0, 1]');
  }
  const beyond = labels.findIndex((label) => label >= outputs);
  if (beyond >= 0) throw new RangeError(`sample ${beyond} has label ${labels[beyond]} of ${outputs} outputs`);
}
