/** Chains of dense layers in float64, and how they are trained for the experiments. */
import { type Dataset, epochOrder, type Samples } from '../../data/index.js';
import { glorotLimit, graphOf } from '../../model/index.js';
import {
  type Batch,
  type Dynamics,
  type LearningRates,
  ReferenceNetwork,
  relaxMinibatch,
  trainMinibatch,
} from '../../reference/index.js';

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

/** Minibatches between two turns of others. */
const TURN = 25;

/**
 * Epochs over the samples in minibatches of 20, the order drawn an epoch, the rates falling by 7 % from one to the next; what is
 * over at an epoch's end is left out.
 * @param turn awaited every so often, told minibatches done and of how many
 * @returns the share of wrong predictions in each epoch, counted as it went
 */
export async function passOver(
  samples: Samples,
  { seed, epochs, rates }: Passes,
  learn: LearnMinibatch,
  turn: (done: number, total: number) => Promise<void>,
): Promise<readonly number[]> {
  const perEpoch = Math.floor(samples.count / MINIBATCH);
  const errors: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(samples.count, seed, epoch);
    const fallen = rates.map((rate) => rate * FALL ** epoch);
    let wrong = 0;
    for (let n = 0; n < perEpoch; n++) {
      const step = epoch * perEpoch + n;
      if (step % TURN === 0) await turn(step, epochs * perEpoch);
      wrong += learn(gathered(samples, order.subarray(n * MINIBATCH, (n + 1) * MINIBATCH)), fallen, step);
    }
    errors.push(wrong / (perEpoch * MINIBATCH));
  }
  return errors;
}

/** α/(βB) of each rate, or half of it for two nudged phases: a layer's biases have that of the connection into it. */
export function gainsFor(rates: readonly number[], beta: number, phases: 1 | 2): LearningRates {
  const gains = rates.map((rate) => rate / (phases * beta * MINIBATCH));
  return { gains, decays: gains.map(() => 0), biasGains: gains };
}

/** Exact sweeps enough for so many hidden layers; centered nudging by .3. */
export function exactDynamics(hidden: number): Dynamics {
  const freeIterations = [12, 20, 30][hidden - 1] ?? 10 * hidden;
  return {
    relaxation: 'exact',
    epsilon: 1,
    nudge: 0.3,
    freeIterations,
    nudgedIterations: freeIterations / 2,
  };
}

/** Trains in place, as networks are trained best: exact sweeps, centered nudging. Comes to the errors of its epochs. */
export function trainChain(
  network: ReferenceNetwork,
  samples: Samples,
  passes: Omit<Passes, 'rates'>,
  turn: (done: number, total: number) => Promise<void>,
): Promise<readonly number[]> {
  const dynamics = exactDynamics(network.graph.layers.length - 2);
  const learn: LearnMinibatch = (batch, rates) => {
    const { predictions } = trainMinibatch(
      network,
      dynamics,
      batch,
      'centered',
      gainsFor(rates, dynamics.nudge, 2),
    );
    return wrongIn(predictions, batch.labels);
  };
  return passOver(samples, { ...passes, rates: layerRates(network.graph.connections.length) }, learn, turn);
}

/** Test images that networks are judged by. */
const JUDGED = 2000;
const CHUNK = 100;

/** The share of the first test images that exact sweeps from zero classify wrongly. */
export async function errorOf(
  network: ReferenceNetwork,
  { test, pixels }: Dataset,
  turn: (done: number, total: number) => Promise<void>,
): Promise<number> {
  const dynamics = exactDynamics(network.graph.layers.length - 2);
  const count = Math.min(JUDGED, test.count);
  let wrong = 0;
  for (let from = 0; from < count; from += CHUNK) {
    await turn(from, count);
    const to = Math.min(from + CHUNK, count);
    const images = test.images.subarray(from * pixels, to * pixels);
    const labels = test.labels.subarray(from, to);
    wrong += wrongIn(relaxMinibatch(network, dynamics, { images, labels }, undefined).predictions, labels);
  }
  return wrong / count;
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
