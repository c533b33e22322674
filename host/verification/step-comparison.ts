/**
 * One minibatch of the device beside the reference, both from the device's weights: what is left is the arithmetic.
 */
import { type Batch, type Nudging, type Relaxed, relaxMinibatch } from '../reference/minibatch.js';
import type { ReferenceNetwork } from '../reference/network.js';
import { contrast } from '../reference/plasticity.js';
import type { Dynamics } from '../reference/relaxation.js';

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
  /** The same for the nudged states. */
  readonly nudgedRms: number;
  readonly nudgedWorst: number;
  /** Root mean square difference of the free states, one a sample. */
  readonly sampleRms: readonly number[];
  /** Samples in which a free state differs by more than `SAME_FIXED_POINT`: they settled elsewhere. */
  readonly elsewhere: number;
  /** The device's contrasts beside the reference's, one a connection. */
  readonly contrasts: readonly Alignment[];
  /** Their cosines. */
  readonly contrastCosines: readonly number[];
  /** Share of equal predictions. */
  readonly predictionsAgree: number;
}

/** States further apart than this belong to different fixed points: far above any rounding, far below 1. */
export const SAME_FIXED_POINT = 1 / 16;

interface Difference {
  readonly rms: number;
  readonly worst: number;
}

function difference(a: Float64Array, b: Float64Array): Difference {
  let squares = 0;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    squares += d * d;
    if (d > worst) worst = d;
  }
  return { rms: Math.sqrt(squares / a.length), worst };
}

/** Inner products of two vectors with each other and themselves: they add up over minibatches. */
export interface Alignment {
  readonly ab: number;
  readonly aa: number;
  readonly bb: number;
}

function align(a: Float64Array, b: Float64Array): Alignment {
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

/** Cosine of the angle between two vectors; 1 where both are zero, 0 where one is. */
export function cosine({ ab, aa, bb }: Alignment): number {
  if (aa === 0 && bb === 0) return 1;
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/**
 * @param network the device's weights before the minibatch, as real numbers
 * @param settled what the device settled in
 */
export function compareStep(
  network: ReferenceNetwork,
  dynamics: Dynamics,
  batch: Batch,
  nudging: Nudging,
  settled: SettledStates,
): StepComparison {
  const reference = relaxMinibatch(network, dynamics, batch, nudging);
  const samples = batch.labels.length;
  const { units } = network;
  const free = difference(settled.free, reference.free);
  const plus = difference(settled.plus, reference.plus);
  const minus = difference(settled.minus, reference.minus);
  const bySample = Array.from({ length: samples }, (_, n) =>
    difference(
      settled.free.subarray(n * units, (n + 1) * units),
      reference.free.subarray(n * units, (n + 1) * units),
    ),
  );
  const ours: Relaxed = { ...reference, ...settled };
  const ourContrast = contrast(network, batch, ours).weights;
  const theirContrast = contrast(network, batch, reference).weights;
  const contrasts = ourContrast.map((matrix, k) => align(matrix, theirContrast[k]));
  let agree = 0;
  for (let n = 0; n < samples; n++) agree += Number(settled.predictions[n] === reference.predictions[n]);
  return {
    samples,
    stateRms: free.rms,
    stateWorst: free.worst,
    nudgedRms: Math.sqrt((plus.rms ** 2 + minus.rms ** 2) / 2),
    nudgedWorst: Math.max(plus.worst, minus.worst),
    sampleRms: bySample.map(({ rms }) => rms),
    elsewhere: bySample.filter(({ worst }) => worst > SAME_FIXED_POINT).length,
    contrasts,
    contrastCosines: contrasts.map(cosine),
    predictionsAgree: agree / samples,
  };
}
