import { describe, expect, test } from 'vitest';
import { type Batch, relaxMinibatch } from '#host/reference/minibatch';
import { contrast, learn } from '#host/reference/plasticity';
import type { Dynamics } from '#host/reference/relaxation';
import { trainMinibatch } from '#host/reference/training';
import { largestDifference, makeCase, uniform } from './networks.js';

const LAYERS = [20, 13, 9, 4];
const COUNT = 20;
const GAINS = [0.3, 0.2, 0.1];
const DECAYS = [0.25, 0, 0.5];
const BIAS_GAINS = [0.4, 0.05, 0.2];
const RATES = { gains: GAINS, decays: DECAYS, biasGains: BIAS_GAINS };
const draw = uniform(21);
const batch: Batch = {
  images: Uint8Array.from({ length: COUNT * 20 }, () => Math.max(0, Math.floor(draw(-200, 256)))),
  labels: Uint8Array.from({ length: COUNT }, () => Math.floor(draw(0, 4))),
};
const dynamics: Dynamics = {
  relaxation: 'euler',
  epsilon: 0.5,
  nudge: 0.5,
  freeIterations: 12,
  nudgedIterations: 5,
};

test('by L1 decay takes as much of every weight, as far as 0', () => {
  const { network } = makeCase([2, 3], 1, 1);
  network.weights[0].set([0.5, -0.5, 0.2, -0.2, 0.25, 0]);
  const images = new Uint8Array(2);
  const rates = { gains: [0], decays: [0.25], penalty: 'L1', biasGains: [0] } as const;
  const free = new Float64Array(3);
  const relaxed = {
    ...{ free, plus: free, minus: free, predictions: new Uint8Array(1), cost: 0 },
    ...{ freeIterations: new Uint32Array(1), nudgedIterations: new Uint32Array(1) },
  };
  learn(network, { images, labels: new Uint8Array(1) }, relaxed, rates);
  expect(Array.from(network.weights[0], (weight) => weight + 0)).toEqual([0.25, -0.25, 0, 0, 0, 0]);
});

describe.each(['positive', 'negative', 'centered'] as const)('nudging %s', (nudging) => {
  const { network } = makeCase(LAYERS, 22, 3);
  const relaxed = relaxMinibatch(network, dynamics, batch, nudging);

  test('the contrast is Σ ρ⁺ρ⁺ − ρ⁻ρ⁻ over the batch', () => {
    const weights = network.weights.map((matrix) => new Float64Array(matrix.length));
    const biases = network.biases.map((vector) => new Float64Array(vector.length));
    for (let n = 0; n < COUNT; n++) {
      for (let k = 0; k < weights.length; k++) {
        const rate = (states: Float64Array, layer: number, unit: number) =>
          layer === 0
            ? batch.images[n * LAYERS[0] + unit] / 256
            : states[n * network.units + network.graph.layers[layer].firstUnit + unit];
        for (let j = 0; j < LAYERS[k + 1]; j++) {
          const plus = rate(relaxed.plus, k + 1, j);
          const minus = rate(relaxed.minus, k + 1, j);
          biases[k][j] += plus - minus;
          for (let i = 0; i < LAYERS[k]; i++) {
            weights[k][i * LAYERS[k + 1] + j] +=
              rate(relaxed.plus, k, i) * plus - rate(relaxed.minus, k, i) * minus;
          }
        }
      }
    }
    const found = contrast(network, batch, relaxed);
    for (let k = 0; k < weights.length; k++) {
      // Sums of 40 products below 1, in another order.
      expect(largestDifference(found.weights[k], weights[k])).toBeLessThan(1e-13);
      expect(largestDifference(found.biases[k], biases[k])).toBeLessThan(1e-13);
      expect(Math.max(...weights[k].map(Math.abs))).toBeGreaterThan(0.01);
    }
  });

  test('learning takes the decay away, then adds gain · contrast', () => {
    const contrasts = contrast(network, batch, relaxed);
    const learned = network.clone();
    learn(learned, batch, relaxed, RATES);
    network.weights.forEach((matrix, k) => {
      const kept = 1 - DECAYS[k];
      expect(learned.weights[k]).toEqual(matrix.map((w, i) => w * kept + GAINS[k] * contrasts.weights[k][i]));
      expect(learned.biases[k]).toEqual(
        network.biases[k].map((b, j) => b + BIAS_GAINS[k] * contrasts.biases[k][j]),
      );
    });
  });

  test('a training step relaxes with the weights as they were, then learns', () => {
    const learned = network.clone();
    learn(learned, batch, relaxed, RATES);
    const trained = network.clone();
    expect(trainMinibatch(trained, dynamics, batch, nudging, RATES)).toEqual(relaxed);
    expect(trained).toEqual(learned);
  });
});
