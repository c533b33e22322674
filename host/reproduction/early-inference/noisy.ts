/** Learning and classifying with noise in the states. */
import { randomKey } from '../../model/index.js';
import { type Batch, firstGreatest, type ReferenceNetwork, type Relaxed } from '../../reference/index.js';
import { ExperimentStream } from '../draws.js';
import { LeakyUnits, type Noise, PLAIN } from './leaky.js';

/** Noise that the free and the nudged phase share, or that each has of its own. */
export type Sharing = 'same' | 'independent';

export interface NoisyPhases {
  readonly seed: number;
  readonly noise: Noise;
  readonly sharing: Sharing;
  readonly epsilon: number;
  readonly beta: number;
  readonly free: number;
  /** Steps of the nudged phase, and of the free one that goes on beside it. */
  readonly nudged: number;
}

/**
 * Free phase from zero; then from its last state as many steps with the nudge and without it: the contrast is between the ends of
 * those two. Noise is drawn by seed, number of the sample and step.
 * @param first number of the batch's first sample
 */
export function relaxNoisily(
  network: ReferenceNetwork,
  { seed, noise, sharing, epsilon, beta, free, nudged }: NoisyPhases,
  batch: Batch,
  first: number,
): Relaxed {
  const { units: size, inputs, outputs } = network.graph;
  const { images, labels } = batch;
  const units = new LeakyUnits(network, { epsilon, thresholds: PLAIN, noise });
  const [plus, minus] = [new Float64Array(labels.length * size), new Float64Array(labels.length * size)];
  const predictions = new Uint8Array(labels.length);
  const steps = free + nudged;
  labels.forEach((label, n) => {
    const key = (stream: number, t: number) => randomKey(seed, stream, (first + n) * steps + t);
    units.clamp(images, n * inputs);
    units.states.fill(0);
    for (let t = 0; t < free; t++) units.step(0, label, key(ExperimentStream.noise, t));
    predictions[n] = firstGreatest(units.rates.subarray(size - outputs));
    const start = units.states.slice();
    for (let t = free; t < steps; t++) units.step(beta, label, key(ExperimentStream.noise, t));
    plus.set(units.states, n * size);
    units.states.set(start);
    const stream = sharing === 'same' ? ExperimentStream.noise : ExperimentStream.otherNoise;
    for (let t = free; t < steps; t++) units.step(0, label, key(stream, t));
    minus.set(units.states, n * size);
  });
  const iterations = new Uint32Array(labels.length).fill(free);
  return {
    predictions,
    freeIterations: iterations,
    nudgedIterations: iterations,
    free: minus,
    plus,
    minus,
    cost: 0,
  };
}

/** Predictions from the last rates, and from their mean over the last `averaged` of so many steps. */
export function classifyNoisily(
  network: ReferenceNetwork,
  noise: Noise,
  { images, labels }: Batch,
  {
    seed,
    epsilon,
    steps,
    averaged,
    first,
  }: {
    readonly seed: number;
    readonly epsilon: number;
    readonly steps: number;
    readonly averaged: number;
    readonly first: number;
  },
): { readonly last: Uint8Array; readonly mean: Uint8Array } {
  const { units: size, inputs, outputs } = network.graph;
  const units = new LeakyUnits(network, { epsilon, thresholds: PLAIN, noise });
  const [last, mean] = [new Uint8Array(labels.length), new Uint8Array(labels.length)];
  const read = units.rates.subarray(size - outputs);
  for (let n = 0; n < labels.length; n++) {
    units.clamp(images, n * inputs);
    units.states.fill(0);
    const sums = new Float64Array(outputs);
    for (let t = 0; t < steps; t++) {
      units.step(0, 0, randomKey(seed, ExperimentStream.noise, (first + n) * steps + t));
      if (t >= steps - averaged) for (let j = 0; j < outputs; j++) sums[j] += read[j];
    }
    last[n] = firstGreatest(read);
    mean[n] = firstGreatest(sums);
  }
  return { last, mean };
}
