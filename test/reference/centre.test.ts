/** A centred input in float64: by its definition on plain weights, and beside the kernel. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '#host/kernel/kernel';
import {
  checkRecipe,
  configureRequest,
  formatsOf,
  graphOf,
  initialiseRequest,
  ratesAt,
  realRates,
  roundedDynamics,
  trainRequest,
} from '#host/model/index';
import { centreOf } from '#host/reference/centre';
import { ReferenceNetwork, relaxMinibatch, trainMinibatch } from '#host/reference/index';
import { realParameters } from '#host/training/index';
import { headroom, referenceWith } from '#host/verification/index';
import { packImage, Tensor } from '#host/wire/index';
import { tensor } from '../kernel/networks.js';
import { uniform } from './networks.js';

const SAMPLES = 6;
const INPUTS = 12;
const HIDDEN = 5;
const recipe = checkRecipe(
  {
    ...{ network: `${INPUTS}-${HIDDEN}-3`, weights: 'Q1.14', states: 'Q3.12', rates: [2, 0.5], beta: 1 },
    ...{
      'free-iterations': 20,
      'nudged-iterations': 10,
      nudging: 'positive',
      'centred-input': true,
      epochs: 1,
    },
    ...{ minibatch: SAMPLES, 'initial-scale': 0.7, training: '0..60', rounding: 'nearest' },
  },
  'here',
);
const graph = graphOf(recipe);
const formats = formatsOf(recipe);

/** Bright examples, that have much in common. */
function batchAt(step: number) {
  const draw = uniform(step + 1);
  const images = Uint8Array.from(
    { length: SAMPLES * INPUTS },
    (_, i) => 100 + 10 * (i % INPUTS) + draw(-40, 40),
  );
  return { images, labels: Uint8Array.from({ length: SAMPLES }, () => Math.floor(draw(0, 3))), step };
}

function kernelOf() {
  const kernel = new Kernel(1 << 16);
  kernel.execute('configure', configureRequest(recipe));
  kernel.execute('initialise', initialiseRequest(recipe));
  const parameters = () => ({
    weights: graph.connections.map(({ weights }, k) =>
      Int16Array.from(tensor(kernel, Tensor.weights, k, weights), Number),
    ),
    biases: graph.layers
      .slice(1)
      .map(({ biases }, k) => Int32Array.from(tensor(kernel, Tensor.biases, k + 1, biases), Number)),
  });
  const train = (step: number) => {
    const { images, labels } = batchAt(step);
    labels.forEach((label, slot) => {
      const image = packImage(images.subarray(slot * INPUTS, (slot + 1) * INPUTS));
      kernel.execute('sample', { slot, label, image });
    });
    return kernel.execute('train', trainRequest(step, SAMPLES, ratesAt(recipe, step, 10, SAMPLES)));
  };
  return { parameters, train };
}

/** The network that a centred one is, by weights of the images as they are. */
function plain(network: ReferenceNetwork): ReferenceNetwork {
  const centre = centreOf(network);
  if (!centre) throw new Error('it is not centred');
  const { mean, learnt } = centre;
  const square = mean.reduce((sum, one) => sum + one * one, 0);
  const first = network.weights[0].map((weight, at) => {
    const [i, j] = [Math.floor(at / HIDDEN), at % HIDDEN];
    return weight - (square === 0 ? 0 : (mean[i] * learnt[j]) / square);
  });
  return new ReferenceNetwork(
    graphOf({ ...recipe, 'centred-input': false }),
    [first, network.weights[1]],
    [network.biases[0].slice(0, HIDDEN), network.biases[1]],
  );
}

const dynamics = roundedDynamics(recipe);
const rates = (step: number) => realRates(ratesAt(recipe, step, 10, SAMPLES));

describe('in float64', () => {
  const limits = initialiseRequest(recipe).limits.map((limit) => limit / 2 ** 24);
  const network = ReferenceNetwork.initial(graph, recipe.seed, limits);

  test('weights learn from images less their part along the mean of the first minibatch', () => {
    const { images } = batchAt(0);
    trainMinibatch(network, dynamics, batchAt(0), 'positive', rates(0));
    const mean = Float64Array.from({ length: INPUTS }, (_, i) => {
      const sum = Array.from({ length: SAMPLES }, (_one, n) => images[n * INPUTS + i]).reduce(
        (a, b) => a + b,
      );
      return Math.floor(sum / SAMPLES);
    });
    const square = mean.reduce((sum, one) => sum + one * one, 0);
    for (let step = 1; step < 5; step++) {
      const before = plain(network);
      const relaxed = relaxMinibatch(before, dynamics, batchAt(step), 'positive');
      const batch = batchAt(step);
      const after = trainMinibatch(network, dynamics, batch, 'positive', rates(step));
      for (const [u, state] of relaxed.free.entries()) expect(after.free[u]).toBeCloseTo(state, 9);
      const changed = plain(network);
      for (let i = 0; i < INPUTS; i++)
        for (let j = 0; j < HIDDEN; j++) {
          let expected = 0;
          for (let n = 0; n < SAMPLES; n++) {
            const image = batch.images.subarray(n * INPUTS, (n + 1) * INPUTS);
            const part = mean.reduce((sum, one, at) => sum + one * image[at], 0) / square;
            const unit = n * graph.units + j;
            expected += ((image[i] - part * mean[i]) / 256) * (relaxed.plus[unit] - relaxed.minus[unit]);
          }
          const change = changed.weights[0][i * HIDDEN + j] - before.weights[0][i * HIDDEN + j];
          expect(change).toBeCloseTo(rates(step).gains[0] * expected, 9);
        }
    }
  });
});

describe('beside the kernel', () => {
  test('states and what is learnt agree within the formats, the means exactly', () => {
    const kernel = kernelOf();
    const begun = realParameters(kernel.parameters(), formats, graph);
    const reference = referenceWith(recipe, begun);
    for (let step = 0; step < 8; step++) {
      const before = referenceWith(recipe, realParameters(kernel.parameters(), formats, graph));
      const { predictions } = relaxMinibatch(before, dynamics, batchAt(step), undefined);
      trainMinibatch(reference, dynamics, batchAt(step), 'positive', rates(step));
      expect([...kernel.train(step).predictions]).toEqual([...predictions]);
    }
    const ended = realParameters(kernel.parameters(), formats, graph);
    const [ours, theirs] = [referenceWith(recipe, ended), reference].map((each) => centreOf(each));
    expect(ours?.mean).toEqual(theirs?.mean);
    expect(ours?.mean.some((one) => one > 0)).toBe(true);
    expect(ours?.learnt.some((one) => Math.abs(one) > 0.01)).toBe(true);
    for (const [j, one] of ours?.learnt.entries() ?? [])
      expect(one).toBeCloseTo(theirs?.learnt[j] ?? Number.NaN, 2);
  });

  test('headroom is that of the weights of images as they are', () => {
    const kernel = kernelOf();
    for (let step = 0; step < 8; step++) kernel.train(step);
    const parameters = kernel.parameters();
    const network = plain(referenceWith(recipe, realParameters(parameters, formats, graph)));
    const [bound] = headroom(graph, parameters, formats, 1);
    const reaches = Array.from({ length: HIDDEN }, (_, j) => {
      const column = Array.from({ length: INPUTS }, (_one, i) => network.weights[0][i * HIDDEN + j]);
      const back = [...network.weights[1].subarray(j * 3, (j + 1) * 3)];
      const sum = (sign: number) =>
        [...column, ...back].reduce(
          (total, one) => total + Math.max(sign * one, 0),
          sign * network.biases[0][j],
        );
      return Math.max(sum(1), sum(-1));
    });
    expect(bound.bound).toBeCloseTo(Math.max(...reaches), 6);
  });
});
