/** A minibatch compared with the reference: gathers what the device had and did, as real numbers. */

import type { ReplyOf } from '../link/schema.js';
import { readParameters, readStates, type Tensors } from '../link/tensors.js';
import { driveFormat, stateFormat, weightFormat } from '../model/format.js';
import type { NetworkParameters } from '../model/network-parameters.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import type { StepRates } from '../model/requests.js';
import type { ReferenceThread } from '../verification/reference-thread.js';
import type { RealParameters } from '../verification/reference-worker.js';
import type { StepComparison } from '../verification/step-comparison.js';
import type { Minibatch } from './minibatch.js';

function real(values: Int16Array | Int32Array, fraction: number): Float64Array {
  return Float64Array.from(values, (value) => value / 2 ** fraction);
}

export function realParameters({ weights, biases }: NetworkParameters, recipe: Recipe): RealParameters {
  const format = weightFormat(recipe.weights);
  const drive = driveFormat(format, stateFormat(recipe.states));
  return {
    weights: weights.map((matrix) => real(matrix, format.fraction)),
    biases: biases.map((vector) => real(vector, drive.fraction)),
  };
}

/** What the device held before a minibatch. */
export interface StepOrigin extends RealParameters {
  /** Where its free phases start, samples · units in its format; zero if absent. */
  readonly start: Int16Array | undefined;
}

/**
 * @param origin the device's
 * @param reply promised by the device; whatever has the tensors has been given the same request
 */
export async function compareWithReference(
  tensors: Tensors,
  reference: ReferenceThread,
  recipe: Recipe,
  { start, ...parameters }: StepOrigin,
  batch: Minibatch,
  rates: StepRates,
  reply: Promise<ReplyOf<'train'>>,
): Promise<StepComparison> {
  const units = parameters.biases.reduce((sum, { length }) => sum + length, 0);
  const samples = batch.indices.length;
  const { fraction } = stateFormat(recipe.states);
  // Decay changes what the contrast leaves alone: of such a minibatch no update is counted.
  const decays = rates.decays.some(({ word }) => word !== 0);
  const [free, plus, minus, after, { predictions }] = await Promise.all([
    readStates(tensors, 'free', samples, units),
    readStates(tensors, 'plus', samples, units),
    readStates(tensors, 'minus', samples, units),
    decays ? undefined : readParameters(tensors, layerSizes(recipe.network)),
    reply,
  ]);
  return reference.run({
    kind: 'compare',
    parameters,
    batch: { images: batch.images, labels: batch.labels, ...(start && { start: real(start, fraction) }) },
    nudging: rates.nudging,
    settled: {
      free: real(free, fraction),
      plus: real(plus, fraction),
      minus: real(minus, fraction),
      predictions,
    },
    ...(after && {
      change: {
        after: realParameters(after, recipe).weights,
        gains: rates.gains.map(({ value }) => value),
      },
    }),
  });
}
