/** A minibatch compared with the reference: gathers what the device had and did, as real numbers. */

import { readParameters, readStates, type Tensors } from '../endpoint/index.js';
import {
  type Formats,
  type Graph,
  MEAN_FRACTION,
  type NetworkParameters,
  type StateArray,
  type StepRates,
  type WeightArray,
} from '../model/index.js';
import type { Batch } from '../reference/index.js';
import type { RealParameters, ReferenceThread, StepComparison } from '../verification/index.js';
import type { ReplyOf } from '../wire/index.js';
import type { Minibatch } from './minibatch.js';

function real(values: WeightArray, fraction: number): Float64Array {
  const unit = 2 ** -fraction;
  const reals = new Float64Array(values.length);
  // Millions at a time, for which `Float64Array.from` takes twenty times as long.
  for (let i = 0; i < reals.length; i++) reals[i] = values[i] * unit;
  return reals;
}

export function realParameters(
  { weights, biases }: NetworkParameters,
  formats: Formats,
  { layers }: Pick<Graph, 'layers'>,
): RealParameters {
  return {
    weights: weights.map((matrix, k) => real(matrix, formats.weights[k].fraction)),
    biases: biases.map((vector, k) => {
      const { isCentred, units } = layers[k + 1];
      const reals = real(vector, formats.biases.fraction);
      if (isCentred) reals.set(real(vector.subarray(2 * units), MEAN_FRACTION), 2 * units);
      return reals;
    }),
  };
}

/** The device's parameters and states before a minibatch. */
export interface StepOrigin extends RealParameters {
  /** Where its free phases start, samples · units in its format; zero if absent. */
  readonly start: StateArray | undefined;
}

/**
 * @param origin the device's
 * @param reply promised by the device; whatever has the tensors has been given the same request
 */
export async function compareWithReference(
  tensors: Tensors,
  reference: ReferenceThread,
  graph: Graph,
  formats: Formats,
  { start, ...parameters }: StepOrigin,
  batch: Minibatch & Pick<Batch, 'inputScale' | 'step'>,
  rates: StepRates,
  reply: Promise<ReplyOf<'train'>>,
): Promise<StepComparison> {
  const { units } = graph;
  const samples = batch.indices.length;
  const { indices: _, packed: __, ...seen } = batch;
  const { storage, states } = formats;
  const { fraction } = states;
  // Decay moves weights whose contrast is zero, so lost updates cannot be counted in a minibatch with decay.
  const decays = rates.decays.some(({ word }) => word !== 0);
  const [free, plus, minus, after, { predictions }] = await Promise.all([
    readStates(tensors, 'free', samples, units, storage),
    readStates(tensors, 'plus', samples, units, storage),
    readStates(tensors, 'minus', samples, units, storage),
    decays ? undefined : readParameters(tensors, graph, storage),
    reply,
  ]);
  return reference.run({
    kind: 'compare',
    parameters,
    batch: { ...seen, ...(start && { start: real(start, fraction) }) },
    nudging: rates.nudging,
    settled: {
      free: real(free, fraction),
      plus: real(plus, fraction),
      minus: real(minus, fraction),
      predictions,
    },
    ...(after && {
      change: {
        after: realParameters(after, formats, graph).weights,
        gains: rates.gains.map(({ value }) => value),
      },
    }),
  });
}
