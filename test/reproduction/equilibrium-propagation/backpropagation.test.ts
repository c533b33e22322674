import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import {
  Backpropagation,
  type FeedforwardNetwork,
} from '#host/reproduction/equilibrium-propagation/backpropagation';
import { trainYardstick } from '#host/reproduction/equilibrium-propagation/yardstick';
import { uniform } from '../../reference/networks.js';
import { smallRecipe } from '../../runs/small-data.js';

/** A network with weights and biases in ±1, and a batch for it. */
function problem(layers: readonly number[], samples: number, seed: number) {
  const draw = uniform(seed);
  const network: FeedforwardNetwork = {
    sizes: layers,
    weights: layers
      .slice(1)
      .map((post, k) => Float64Array.from({ length: layers[k] * post }, () => draw(-1, 1))),
    biases: layers.slice(1).map((post) => Float64Array.from({ length: post }, () => draw(-1, 1))),
  };
  const images = Uint8Array.from({ length: samples * layers[0] }, () => Math.floor(draw(0, 256)));
  const labels = Uint8Array.from({ length: samples }, () => Math.floor(draw(0, layers[layers.length - 1])));
  return { network, batch: { images, labels } };
}

describe('backpropagation', () => {
  test('a layer of softmax, by hand: the gradient is rate · (probability − target), the step down it', () => {
    // One pixel of 128/256, two classes, weights 0: probabilities ½, loss ln 2.
    const network = { sizes: [1, 2], weights: [new Float64Array(2)], biases: [new Float64Array(2)] };
    const learner = new Backpropagation(network);
    const batch = { images: Uint8Array.of(128), labels: Uint8Array.of(1) };
    const { weights, biases, loss, wrong } = learner.gradient(batch);
    expect([...weights[0]]).toEqual([0.25, -0.25]);
    expect([...biases[0]]).toEqual([0.5, -0.5]);
    expect(loss).toBeCloseTo(Math.LN2, 12);
    expect(wrong).toBe(1);
    expect(learner.train(batch, 2)).toBe(1);
    expect([...network.weights[0]]).toEqual([-0.5, 0.5]);
    expect([...network.biases[0]]).toEqual([-1, 1]);
    expect(learner.wrong(batch)).toBe(0);
  });

  test('the gradient is that of finite differences', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer(),
        (hidden, samples, seed) => {
          const { network, batch } = problem([3, ...hidden, 3], samples, seed);
          const { weights, biases } = new Backpropagation(network).gradient(batch);
          const analytic = [...weights, ...biases].map((array) => array.slice());
          const parameters = [...network.weights, ...network.biases];
          const learner = new Backpropagation(network);
          const h = 1e-6;
          parameters.forEach((array, at) => {
            for (let i = 0; i < array.length; i++) {
              const value = array[i];
              array[i] = value + h;
              const above = learner.gradient(batch).loss;
              array[i] = value - h;
              const below = learner.gradient(batch).loss;
              array[i] = value;
              // Second order in h; a kink of the rectifier within h is met with next to no probability.
              expect((above - below) / (2 * h)).toBeCloseTo(analytic[at][i], 6);
            }
          });
        },
      ),
      { numRuns: 30, seed: 2016 },
    );
  });
});

test.each<[string, string, Readonly<Record<string, unknown>>]>([
  ['28x28-conv5x2m-10', 'connection 1 is a convolution one from layer 0 to 1', {}],
  ['784-20-10', 'connection 1 is a windows one', { 'receptive-fields': '8..12' }],
])('%s has no yardstick', async (network, message, changes) => {
  const recipe = smallRecipe({ network, ...changes });
  const none = { count: 0, images: new Uint8Array(0), labels: new Uint8Array(0) };
  const dataset = {
    name: 'none',
    rows: 28,
    columns: 28,
    pixels: 784,
    classes: 10,
    training: none,
    test: none,
  };
  const asked = trainYardstick('nowhere', recipe, dataset, new AbortController().signal);
  await expect(asked).rejects.toThrow(UserError);
  await expect(asked).rejects.toThrow(message);
  expect(existsSync('nowhere')).toBe(false);
});
