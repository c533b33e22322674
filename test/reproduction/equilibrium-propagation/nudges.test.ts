/** Small and great nudges, beside cases that can be worked out by hand. */
import { describe, expect, test } from 'vitest';
import { Draws } from '#host/reproduction/draws';
import { modesOf } from '#host/reproduction/equilibrium-propagation/clamped';
import { nudged, randomNetwork, wrongWays } from '#host/reproduction/equilibrium-propagation/small-nudge';
import { chained } from '../../reference/networks.js';

const half = { images: Uint8Array.of(128), labels: Uint8Array.of(0) };

describe('the cost by nudge', () => {
  test('of one output: s = (0.4 + β) / (1 + β), C = 0.18 / (1 + β)²', () => {
    const network = chained([1, 1], [Float64Array.of(0.6)], [Float64Array.of(0.1)]);
    const { free, positive, negative, slope } = nudged(network, half);
    expect(free).toBeCloseTo(0.18, 12);
    expect(slope).toBeCloseTo(-0.36, 12);
    for (const [n, beta] of [1e-4, 1e-3, 0.01, 0.1, 0.3, 0.5, 1, 3, 10].entries())
      expect(positive[n]).toBeCloseTo(0.18 / (1 + beta) ** 2, 12);
    expect(negative[3]).toBeCloseTo(0.18 / 0.9 ** 2, 12);
    // −½ would put it at −0.2: it stops at 0.
    expect(negative[5]).toBeCloseTo(0.5, 12);
    expect(negative[6]).toBeUndefined();
  });

  test('of an output at its bound does not change while the nudge is less than its drive', () => {
    const network = chained([1, 1], [Float64Array.of(-1)], [Float64Array.of(0)]);
    const { free, positive, slope } = nudged(network, half);
    expect([free, slope]).toEqual([0.5, -0]);
    // Drive −0.5: lifted by β > 0.5 to (β − 0.5) / (1 + β).
    expect(positive[5]).toBe(0.5);
    expect(positive[6]).toBeCloseTo((1 - 0.25) ** 2 / 2, 12);
  });
});

test('nudges that move the cost the wrong way are counted once a network, where the change is no rounding', () => {
  const costs = [
    { free: 1, positive: [0.9], negative: [1.1] },
    { free: 1, positive: [1.1], negative: [0.9] },
    { free: 1, positive: [0.9], negative: [0.9] },
    { free: 1, positive: [1.1], negative: [undefined] },
    { free: 1, positive: [1 + 1e-10], negative: [undefined] },
  ];
  expect(wrongWays(costs, 0)).toBe(3);
});

test('random networks have one to three hidden layers, and a label of their outputs', () => {
  for (let n = 0; n < 50; n++) {
    const [{ graph }, { images, labels }] = randomNetwork(new Draws(1, n), 1);
    expect(graph.layers.length).toBeGreaterThanOrEqual(3);
    expect(graph.layers.length).toBeLessThanOrEqual(5);
    expect(images.length).toBe(graph.inputs);
    expect(labels[0]).toBeLessThan(graph.outputs);
  }
});

const still = { step: () => Promise.resolve() };

describe('modes', () => {
  test('a hidden unit and an output that hold each other up stay up when they are let go', async () => {
    // Both at 0: drives −0.5 each. Both at 1: 2 − 0.5 each. From 0, a nudge of 1 lifts the output to 0.25, whose
    // 0.5 is just what the hidden unit lacks; clamped, it is 1, and both stay.
    const bias = Float64Array.of(-0.5);
    const network = chained([1, 1, 1], [Float64Array.of(0), Float64Array.of(2)], [bias, bias]);
    const { elsewhere, negative } = await modesOf(network, half, still);
    expect(elsewhere).toEqual([0, 0, 0, 0, 1, 1]);
    // Both at 1: 1 − 2 + 1 = 0, as at 0.
    expect(negative).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('the contrastive cost is negative where the other mode lies lower', async () => {
    const bias = Float64Array.of(-0.4);
    const network = chained([1, 1, 1], [Float64Array.of(0), Float64Array.of(2)], [bias, bias]);
    const { elsewhere, negative } = await modesOf(network, half, still);
    // Both at 1: 1 − 2 + 0.8 = −0.2, and 0 at 0.
    expect(elsewhere.at(-2)).toBe(1);
    expect(negative.at(-2)).toBe(1);
    expect(negative[0]).toBe(0);
  });

  test('without hidden units there is one', async () => {
    const network = chained([1, 1], [Float64Array.of(0.6)], [Float64Array.of(0.1)]);
    expect(await modesOf(network, half, still)).toEqual({
      elsewhere: [0, 0, 0, 0, 0, 0],
      negative: [0, 0, 0, 0, 0, 0],
    });
  });
});
