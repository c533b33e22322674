import { describe, expect, test } from 'vitest';
import { graphOf } from '#host/model/index';
import { gradientThroughTime, nudgedGradient, recurrentGradient } from '#host/reference/cost-gradient';
import { relaxMinibatch } from '#host/reference/minibatch';
import { ReferenceNetwork } from '#host/reference/network';
import { chain, chained, uniform } from './networks.js';

const dynamics = {
  relaxation: 'exact',
  epsilon: 0.5,
  nudge: 0,
  freeIterations: 1000,
  nudgedIterations: 1000,
} as const;
/** A pixel of rate ½; the target of the only output is 1. */
const half = { images: Uint8Array.of(128), labels: Uint8Array.of(0) };

describe('one output: s = 0.6 · 0.5 + 0.1 = 0.4, y − t = −0.6', () => {
  const network = chained([1, 1], [Float64Array.of(0.6)], [Float64Array.of(0.1)]);
  const relaxed = (nudge: number, nudging: 'positive' | 'centered') =>
    relaxMinibatch(network, { ...dynamics, nudge }, half, nudging);

  test('recurrent backpropagation', () => {
    const { weights, biases } = recurrentGradient(network, half, Float64Array.of(0.4));
    expect(weights[0][0]).toBeCloseTo(-0.3, 12);
    expect(biases[0][0]).toBeCloseTo(-0.6, 12);
  });

  test('a nudge of β: −0.6 / (1 + β) and, centered, −0.6 / (1 − β²)', () => {
    const at = (nudge: number, nudging: 'positive' | 'centered') =>
      nudgedGradient(network, half, relaxed(nudge, nudging), nudging, nudge).biases[0][0];
    expect(at(0.25, 'positive')).toBeCloseTo(-0.48, 12);
    expect(at(0.25, 'centered')).toBeCloseTo(-0.64, 12);
  });
});

describe('a hidden unit: h = 0.8, y = 0.6, z_y = −0.4 / 0.75, z_h = z_y / 2', () => {
  const network = chained(
    [1, 1, 1],
    [Float64Array.of(0.8), Float64Array.of(0.5)],
    [Float64Array.of(0.1), Float64Array.of(0.2)],
  );

  test('recurrent backpropagation', () => {
    const { free } = relaxMinibatch(network, dynamics, half, undefined);
    expect(free[0]).toBeCloseTo(0.8, 12);
    expect(free[1]).toBeCloseTo(0.6, 12);
    const { weights, biases } = recurrentGradient(network, half, free);
    expect(weights[0][0]).toBeCloseTo(-0.4 / 3, 10);
    expect(weights[1][0]).toBeCloseTo(-0.44 / 0.75, 10);
    expect(biases.map(([one]) => one)).toEqual([
      expect.closeTo(-0.2 / 0.75, 10),
      expect.closeTo(-0.4 / 0.75, 10),
    ]);
  });

  test('through one and two Euler steps of ½', () => {
    // y₁ = 0.1: ∂C/∂b₂ = −0.9 · ½, and nothing yet by way of h.
    const one = gradientThroughTime(network, 0.5, half.images, 0, 1);
    expect(one.biases.map(([b]) => b)).toEqual([expect.closeTo(0, 12), expect.closeTo(-0.45, 12)]);
    expect(one.weights.map(([w]) => w)).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    // h₁ = 0.25, y₂ = 0.2125: −0.7875 · (½ h₁) and −0.7875 · (½ · 0.5) · (½ · 0.5).
    const two = gradientThroughTime(network, 0.5, half.images, 0, 2);
    expect(two.weights.map(([w]) => w)).toEqual([
      expect.closeTo(-0.04921875, 12),
      expect.closeTo(-0.0984375, 12),
    ]);
  });
});

test('a unit at its bound passes nothing on', () => {
  const network = chained(
    [1, 1, 1],
    [Float64Array.of(4), Float64Array.of(0.5)],
    [Float64Array.of(0.1), Float64Array.of(-0.2)],
  );
  const { free } = relaxMinibatch(network, dynamics, half, undefined);
  expect(free[0]).toBe(1);
  const { weights } = recurrentGradient(network, half, free);
  expect(weights[0][0]).toBe(0);
  expect(weights[1][0]).toBeCloseTo(0.3 - 1, 12);
});

test('ways of their own: recurrent backpropagation and backpropagation through time agree with differences of the cost', () => {
  const draw = uniform(7);
  const keys = { 'receptive-fields': 'all', seed: 1, feedback: 'untied' } as const;
  const graph = graphOf({ network: '6-5-4-3', connections: [], ...keys });
  const weights = graph.connections.map(({ weights: size }) =>
    Float64Array.from({ length: size }, () => draw(-0.4, 0.4)),
  );
  const biases = graph.layers
    .slice(1)
    .map(({ units }) => Float64Array.from({ length: units }, () => draw(0.1, 0.4)));
  const batch = { images: Uint8Array.from({ length: 6 }, () => draw(0, 256)), labels: Uint8Array.of(2) };
  const network = new ReferenceNetwork(graph, weights, biases);
  const { free } = relaxMinibatch(network, dynamics, batch, undefined);
  expect(free.filter((state) => state > 0 && state < 1).length).toBeGreaterThanOrEqual(8);
  const recurrent = recurrentGradient(network, batch, free);
  const through = gradientThroughTime(network, 0.5, batch.images, 2, 300);
  const costWith = (k: number, at: number, change: number) => {
    const changed = weights.map((one, n) => (n === k ? one.map((w, i) => (i === at ? w + change : w)) : one));
    return relaxMinibatch(new ReferenceNetwork(graph, changed, biases), dynamics, batch, undefined).cost;
  };
  weights.forEach((matrix, k) => {
    matrix.forEach((_, at) => {
      const expected = (costWith(k, at, 1e-5) - costWith(k, at, -1e-5)) / 2e-5;
      expect(recurrent.weights[k][at]).toBeCloseTo(expected, 7);
      expect(through.weights[k][at]).toBeCloseTo(expected, 7);
    });
  });
  expect(biases.flatMap((_, k) => [...recurrent.biases[k]])).toEqual(
    biases.flatMap((_, k) => [...through.biases[k]].map((one) => expect.closeTo(one, 9))),
  );
});

test('all ways agree with differences of the cost, on a chain of random weights', () => {
  const draw = uniform(4);
  const graph = chain([6, 5, 4, 3]);
  const weights = graph.connections.map(({ weights: size }) =>
    Float64Array.from({ length: size }, () => draw(-0.4, 0.6)),
  );
  const biases = graph.layers
    .slice(1)
    .map(({ units }) => Float64Array.from({ length: units }, () => draw(0, 0.3)));
  const network = new ReferenceNetwork(graph, weights, biases);
  const batch = {
    images: Uint8Array.from({ length: 12 }, () => draw(0, 256)),
    labels: Uint8Array.of(2, 0),
  };
  const { free } = relaxMinibatch(network, dynamics, batch, undefined);
  expect(free.filter((state) => state > 0 && state < 1).length).toBeGreaterThanOrEqual(10);
  const recurrent = recurrentGradient(network, batch, free);
  const nudge = 1e-5;
  const nudged = relaxMinibatch(network, { ...dynamics, nudge }, batch, 'centered');
  const ours = nudgedGradient(network, batch, nudged, 'centered', nudge);
  const images = [batch.images.subarray(0, 6), batch.images.subarray(6)];
  const through = images.map((image, n) => gradientThroughTime(network, 0.5, image, batch.labels[n], 300));
  const costWith = (k: number, at: number, change: number) => {
    const matrix = weights[k].slice();
    matrix[at] += change;
    const changed = weights.map((one, n) => (n === k ? matrix : one));
    return relaxMinibatch(new ReferenceNetwork(graph, changed, biases), dynamics, batch, undefined).cost;
  };
  weights.forEach((matrix, k) => {
    matrix.forEach((_, at) => {
      const expected = (costWith(k, at, 1e-5) - costWith(k, at, -1e-5)) / 2e-5;
      expect(recurrent.weights[k][at]).toBeCloseTo(expected, 7);
      expect(ours.weights[k][at]).toBeCloseTo(expected, 7);
      expect(through[0].weights[k][at] + through[1].weights[k][at]).toBeCloseTo(expected, 7);
    });
  });
});
