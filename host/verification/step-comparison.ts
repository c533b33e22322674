/**
 * One minibatch of the device beside the reference, both from the device's weights: what is left is the arithmetic.
 */

import type { Dynamics, ReferenceNetwork } from '../reference/index.js';
import { type Batch, contrast, type Nudging, type Relaxed, relaxMinibatch } from '../reference/index.js';

/** The states a device settled in, as real numbers: samples · units each. */
export interface SettledStates {
  readonly free: Float64Array;
  readonly plus: Float64Array;
  readonly minus: Float64Array;
  readonly predictions: Uint8Array;
}

export interface StepComparison {
  readonly samples: number;
  /** Root mean square and greatest absolute difference of the free states. */
  readonly stateRms: number;
  readonly stateWorst: number;
  /** Root mean square of the reference's free states: the signal that the difference is noise beside. */
  readonly stateSignal: number;
  /** The same for the nudged states: those of one phase, or of both with centered nudging. */
  readonly nudgedRms: number;
  readonly nudgedWorst: number;
  /** Root mean square difference of the free states, one a sample. */
  readonly sampleRms: readonly number[];
  /** The same for the nudged states. */
  readonly nudgedSampleRms: readonly number[];
  /** Samples in which a free state differs by more than `SAME_FIXED_POINT`: they settled elsewhere. */
  readonly elsewhere: number;
  /** The device's contrasts beside the reference's, one a connection. */
  readonly contrasts: readonly Alignment[];
  /** Their cosines, as `cosine` has them. */
  readonly contrastCosines: readonly (number | null)[];
  /** Share of equal predictions. */
  readonly predictionsAgree: number;
  /** Weights whose exact change is not zero, and those of them that rounding (or a format's end) left as they were. */
  readonly updatesDue?: number;
  readonly updatesLost?: number;
}

/** Weights before and after a minibatch, as real numbers. Without decay: the exact changes are those of the contrast. */
export interface WeightChange {
  readonly before: readonly Float64Array[];
  readonly after: readonly Float64Array[];
  /** One a connection; a connection with a gain of 0 does not learn. */
  readonly gains: readonly number[];
}

/** States further apart than this belong to different fixed points: far above any rounding, far below 1. */
export const SAME_FIXED_POINT = 1 / 16;

/** How far the device's states are from the reference's. */
interface Difference {
  /** Root mean squares, one a sample. */
  readonly sampleRms: readonly number[];
  /** Greatest absolute differences, one a sample. */
  readonly sampleWorst: readonly number[];
  /** Over all samples. */
  readonly rms: number;
  readonly worst: number;
}

/** @param phases pairs of samples · units states, device's and reference's; all pairs count alike */
function difference(phases: readonly (readonly [Float64Array, Float64Array])[], samples: number): Difference {
  const squares = new Float64Array(samples);
  const worst = new Float64Array(samples);
  const units = phases[0][0].length / samples;
  for (const [device, reference] of phases)
    for (let i = 0; i < device.length; i++) {
      const n = Math.floor(i / units);
      const d = Math.abs(device[i] - reference[i]);
      squares[n] += d * d;
      if (d > worst[n]) worst[n] = d;
    }
  const count = phases.length * units;
  return {
    sampleRms: Array.from(squares, (sum) => Math.sqrt(sum / count)),
    sampleWorst: Array.from(worst),
    rms: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (samples * count)),
    worst: worst.reduce((most, d) => Math.max(most, d), 0),
  };
}

/** Inner products of two vectors with each other and themselves: they add up over minibatches. */
export interface Alignment {
  readonly ab: number;
  readonly aa: number;
  readonly bb: number;
}

/** @param b as long as `a` */
export function align(a: ArrayLike<number>, b: ArrayLike<number>): Alignment {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return { ab, aa, bb };
}

/** Cosine of the angle between two vectors; null where one is zero, and has no direction. */
export function cosine({ ab, aa, bb }: Alignment): number | null {
  return aa === 0 || bb === 0 ? null : ab / Math.sqrt(aa * bb);
}

/**
 * @param contrasts the device's own: they decide which weights were to change
 * @param isUnknown whether a connection's are not known
 */
function lostUpdates(
  contrasts: readonly Float64Array[],
  { before, after, gains }: WeightChange,
  isUnknown: (k: number) => boolean,
) {
  let updatesDue = 0;
  let updatesLost = 0;
  contrasts.forEach((matrix, k) => {
    if (gains[k] === 0 || isUnknown(k)) return;
    for (let i = 0; i < matrix.length; i++) {
      if (matrix[i] === 0) continue;
      updatesDue++;
      if (before[k][i] === after[k][i]) updatesLost++;
    }
  });
  return { updatesDue, updatesLost };
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/**
 * @param network the device's weights before the minibatch, as real numbers
 * @param settled what the device settled in
 * @param change what became of its weights, if that is to be compared
 */
export function compareStep(
  network: ReferenceNetwork,
  dynamics: Dynamics,
  batch: Batch,
  nudging: Nudging,
  settled: SettledStates,
  change?: WeightChange,
): StepComparison {
  const reference = relaxMinibatch(network, dynamics, batch, nudging);
  const samples = batch.labels.length;
  const pair = (states: 'free' | 'plus' | 'minus') => [settled[states], reference[states]] as const;
  const free = difference([pair('free')], samples);
  // The side that is not nudged is the free state once more.
  const sides = {
    positive: ['plus'],
    negative: ['minus'],
    centered: ['plus', 'minus'],
    clamped: ['plus'],
  } as const satisfies Record<Nudging, readonly ('plus' | 'minus')[]>;
  const nudged = difference(sides[nudging].map(pair), samples);
  const ours: Relaxed = { ...reference, ...settled };
  const ourContrast = contrast(network, batch, ours).weights;
  const theirContrast = contrast(network, batch, reference).weights;
  // Sums along the phases are not read from the device: there is nothing to compare of a connection that learns by them.
  const isTraced = (k: number) => reference.traced?.[k] !== undefined;
  const contrasts = ourContrast.map((matrix, k) =>
    isTraced(k) ? { ab: 0, aa: 0, bb: 0 } : align(matrix, theirContrast[k]),
  );
  let agree = 0;
  for (let n = 0; n < samples; n++) agree += Number(settled.predictions[n] === reference.predictions[n]);
  return {
    samples,
    stateRms: free.rms,
    stateWorst: free.worst,
    stateSignal: rootMeanSquare(reference.free),
    nudgedRms: nudged.rms,
    nudgedWorst: nudged.worst,
    sampleRms: free.sampleRms,
    nudgedSampleRms: nudged.sampleRms,
    elsewhere: free.sampleWorst.filter((worst) => worst > SAME_FIXED_POINT).length,
    contrasts,
    contrastCosines: contrasts.map(cosine),
    predictionsAgree: agree / samples,
    ...(change && lostUpdates(ourContrast, change, isTraced)),
  };
}
