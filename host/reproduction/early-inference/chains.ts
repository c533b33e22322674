/** Chains of dense layers in float64, and how they are trained for the experiments. */
import { type Dataset, epochOrder, type Samples } from '../../data/index.js';
import { glorotLimit, graphOf } from '../../model/index.js';
import { type Batch, ReferenceNetwork } from '../../reference/index.js';

export const MINIBATCH = 20;
/** Rates of an epoch to those of the one before. */
const FALL = 0.93;

/** @param scale of the initial weights, 1 for Glorot's */
export function initialChain(sizes: readonly number[], seed: number, scale: number): ReferenceNetwork {
  const graph = graphOf({ network: sizes.join('-'), connections: [], 'receptive-fields': 'all', seed });
  const limits = graph.connections.map(({ map }) => scale * glorotLimit(...map.fan));
  return ReferenceNetwork.initial(graph, seed, limits);
}

/** The rate of the input's connection, halved from layer to layer; of one hidden layer .4 and .1. */
export function layerRates(connections: number): readonly number[] {
  return connections === 2 ? [0.4, 0.1] : Array.from({ length: connections }, (_, k) => 0.4 / 2 ** k);
}

/** One minibatch learnt: `rates` are α, one a connection. Comes to how many of its images were classified wrongly before. */
export type LearnMinibatch = (batch: Batch, rates: readonly number[], step: number) => number;

export interface Passes {
  readonly seed: number;
  readonly epochs: number;
  readonly rates: readonly number[];
}

/**
 * Epochs over the samples in minibatches of 20, the order drawn an epoch, the rates falling by 7 % from one to the next; what is
 * over at an epoch's end is left out.
 * @returns the share of wrong predictions in each epoch, counted as it went
 */
export function passOver(
  samples: Samples,
  { seed, epochs, rates }: Passes,
  learn: LearnMinibatch,
): readonly number[] {
  const perEpoch = Math.floor(samples.count / MINIBATCH);
  return Array.from({ length: epochs }, (_, epoch) => {
    const order = epochOrder(samples.count, seed, epoch);
    const fallen = rates.map((rate) => rate * FALL ** epoch);
    let wrong = 0;
    for (let n = 0; n < perEpoch; n++) {
      const batch = gathered(samples, order.subarray(n * MINIBATCH, (n + 1) * MINIBATCH));
      wrong += learn(batch, fallen, epoch * perEpoch + n);
    }
    return wrong / (perEpoch * MINIBATCH);
  });
}

export function wrongIn(predictions: Uint8Array, labels: Uint8Array): number {
  return predictions.reduce((wrong, prediction, n) => wrong + (prediction === labels[n] ? 0 : 1), 0);
}

/** Sizes of a chain for the data set, with so many hidden layers' units. */
export function sizesFor({ pixels, classes }: Dataset, hidden: readonly number[]): readonly number[] {
  return [pixels, ...hidden, classes];
}

function gathered({ images, labels, count }: Samples, chosen: Uint32Array): Batch {
  const pixels = images.length / count;
  const batch = { images: new Uint8Array(chosen.length * pixels), labels: new Uint8Array(chosen.length) };
  chosen.forEach((from, to) => {
    batch.images.set(images.subarray(from * pixels, (from + 1) * pixels), to * pixels);
    batch.labels[to] = labels[from];
  });
  return batch;
}
