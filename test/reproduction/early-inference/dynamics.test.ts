/** Thresholds, noise and two directions on networks so small that they are worked out by hand. */
import { expect, test } from 'vitest';
import type { Batch } from '#host/reference/index';
import { chainRecipe } from '#host/reproduction/early-inference/chains';
import type { Noise } from '#host/reproduction/early-inference/leaky';
import { classifyNoisily, type NoisyPhases, relaxNoisily } from '#host/reproduction/early-inference/noisy';
import { learnDirections, symmetryOf } from '#host/reproduction/early-inference/symmetric';
import { difference, shifted } from '#host/reproduction/early-inference/thresholds';
import { initialReference } from '#host/verification/index';
import { uniform } from '../../reference/networks.js';

const network = initialReference(
  chainRecipe(
    {
      pixels: 16,
      classes: 4,
      training: { count: 20, images: new Uint8Array(320), labels: new Uint8Array(20) },
    },
    { hidden: [8], images: 20, epochs: 1, seed: 3 },
    { 'initial-scale': 1 },
  ),
);
const draw = uniform(5);
const batch: Batch = {
  images: Uint8Array.from({ length: 6 * 16 }, () => draw(0, 256)),
  labels: Uint8Array.of(0, 1, 2, 3, 0, 1),
};

test('clipped, a lower threshold is a shift of every bias', () => {
  const test = { count: 6, images: batch.images, labels: batch.labels };
  const { free, nudged } = difference(network, { test, pixels: 16 }, -0.3);
  expect(Math.max(free, nudged)).toBeLessThan(1e-12);
  expect(shifted(network, 0.3).biases.map((vector) => vector[0])).toEqual([0.3, 0.3]);
});

const phases: NoisyPhases = {
  seed: 1,
  noise: { form: 'langevin', level: 0.01 },
  sharing: 'same',
  epsilon: 0.5,
  beta: 1,
  free: 20,
  nudged: 8,
};

test.each([
  'langevin',
  'integrator',
] as const)('without a nudge the same %s noise leaves no contrast', (form) => {
  const noise: Noise = { form, level: 0.05 };
  const same = relaxNoisily(network, { ...phases, noise, beta: 0 }, batch, 0);
  expect(same.plus).toEqual(same.minus);
  const other = relaxNoisily(network, { ...phases, noise, beta: 0, sharing: 'independent' }, batch, 0);
  expect(other.plus).toEqual(same.plus);
  expect(other.minus).not.toEqual(same.minus);
});

test('noise is drawn by the number of the sample, not by the batch it comes in', () => {
  const whole = relaxNoisily(network, phases, batch, 40);
  const second: Batch = { images: batch.images.subarray(16, 32), labels: batch.labels.subarray(1, 2) };
  const alone = relaxNoisily(network, phases, second, 41);
  expect(alone.plus).toEqual(whole.plus.subarray(network.units, 2 * network.units));
  expect(relaxNoisily(network, phases, second, 42).plus).not.toEqual(alone.plus);
});

test('without noise the last state and the mean of many agree', () => {
  const silent: Noise = { form: 'langevin', level: 0 };
  const settings = { seed: 1, epsilon: 0.5, steps: 300, averaged: 20, first: 0 };
  const { last, mean } = classifyNoisily(network, silent, batch, settings);
  expect(last).toEqual(mean);
  const { predictions } = relaxNoisily(network, { ...phases, noise: silent, free: 300 }, batch, 0);
  expect(predictions).toEqual(last);
});

test('each direction learns its own half, and is compared with the other', () => {
  const directions = { forward: [Float64Array.of(1, 0)], backward: [Float64Array.of(0, 1)] };
  expect(symmetryOf(directions)).toEqual({ cosines: [0], asymmetries: [Math.SQRT2] });
  const relaxed = relaxNoisily(network, phases, batch, 0);
  const empty = new Float64Array(0);
  const path = { relaxed, forward: [empty, Float64Array.of(2, 4)], backward: [empty, Float64Array.of(6, 0)] };
  learnDirections(directions, path, [9, 0.5]);
  expect(directions).toEqual({ forward: [Float64Array.of(2, 2)], backward: [Float64Array.of(3, 1)] });
  expect(symmetryOf(directions).cosines[0]).toBeCloseTo(8 / Math.sqrt(80), 12);
});
