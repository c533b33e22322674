import { describe, expect, test } from 'vitest';
import type { Batch } from '#host/reference/minibatch';
import { ReferenceNetwork } from '#host/reference/network';
import { trainMinibatch } from '#host/reference/training';
import { weightUpdate } from '#host/reference/weight-update';
import { chain, chained } from './networks.js';

const dynamics = {
  relaxation: 'exact',
  epsilon: 0.5,
  nudge: 0.5,
  freeIterations: 20,
  nudgedIterations: 20,
} as const;

/** One pixel, one output: free state w · x, nudged (w · x + β) / (1 + β). */
const line = chained([1, 1], [Float64Array.of(0.5)], [Float64Array.of(0)]);
const pixel: Batch = { images: Uint8Array.of(128), labels: Uint8Array.of(0) };

describe('by hand, from free state ¼ and nudged state ½', () => {
  const update = (quantisers = {}) => weightUpdate(line, dynamics, pixel, 'positive', [2], quantisers)[0][0];

  test('exactly: gain · x · (½ − ¼)', () => expect(update()).toBeCloseTo(0.25, 15));

  test('relaxation alone: both states to halves, upwards', () =>
    expect(update({ states: (state: number) => Math.ceil(state * 2) / 2 })).toBe(0));

  test('contrast alone: ¼ is taken for nothing', () =>
    expect(update({ contrast: (state: number) => Math.floor(state * 2) / 2 })).toBeCloseTo(0.5, 15));

  test('update alone: to whole numbers, told connection and index', () => {
    const told: number[][] = [];
    const weights = (change: number, connection: number, index: number) => {
      told.push([connection, index]);
      return Math.round(change);
    };
    expect(update({ weights })).toBe(0);
    expect(told).toEqual([[0, 0]]);
  });
});

test.each(['euler', 'exact'] as const)('%s: is what a step of training adds', (relaxation) => {
  const network = ReferenceNetwork.initial(chain([6, 5, 4, 3]), 3, [0.8, 0.8, 0.8]);
  const batch: Batch = {
    images: Uint8Array.from({ length: 4 * 6 }, (_, i) => (i * 71) % 256),
    labels: Uint8Array.of(0, 1, 2, 0),
  };
  const gains = [0.3, 0.2, 0.1];
  const changes = weightUpdate(network, { ...dynamics, relaxation }, batch, 'centered', gains);
  const trained = network.clone();
  trainMinibatch(trained, { ...dynamics, relaxation }, batch, 'centered', {
    gains,
    decays: [0, 0, 0],
    biasGains: gains,
  });
  changes.forEach((matrix, k) => {
    matrix.forEach((change, i) => {
      expect(trained.weights[k][i] - network.weights[k][i]).toBeCloseTo(change, 12);
    });
  });
});
