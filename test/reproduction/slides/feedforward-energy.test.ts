/** The feedforward-compatible energy beside what a pencil finds: x = 1, h = wx, y = vh, all ones, target 0. */
import { describe, expect, test } from 'vitest';
import { Draws } from '#host/reproduction/draws';
import {
  besideBackpropagation,
  descend,
  settle,
  stableStep,
} from '#host/reproduction/slides/beside-backpropagation';
import { Chain, linear, logistic } from '#host/reproduction/slides/chain';
import { greatestCurvature } from '#host/reproduction/slides/curvature';
import { FeedforwardEnergy } from '#host/reproduction/slides/feedforward-energy';
import { learn } from '#host/reproduction/slides/learning-by-steps';
import { atRest } from '../conditions.js';

const one = () => Float64Array.of(1);
const zero = () => Float64Array.of(0);
const chain = new Chain([1, 1, 1], [one(), one()], [zero(), zero()], [linear, linear]);
const slopes = (updates: readonly { deltas: Float64Array; below: Float64Array }[]) =>
  updates.map(({ deltas, below }) => deltas[0] * below[0]);
const nudged = (nudge: number) => new FeedforwardEnergy(chain, chain.forward(one()), zero(), nudge);

test('backpropagation: ∂C/∂w = v (y − t) x, ∂C/∂v = (y − t) h', () => {
  expect(slopes(chain.gradient(chain.forward(one()), zero()))).toEqual([1, 1]);
});

describe('β = 1', () => {
  test('few steps of .1 reach the outputs first', () => {
    const energy = nudged(1);
    expect(slopes(energy.estimate()).map(Math.abs)).toEqual([0, 0]);
    expect(energy.step(0.1)).toBe(1);
    // y = .9: −2 (−.1) · 1
    expect(slopes(energy.estimate())[0]).toBeCloseTo(0, 15);
    expect(slopes(energy.estimate())[1]).toBeCloseTo(0.2, 15);
    // h = .98, y = .83
    energy.step(0.1);
    expect(slopes(energy.estimate())[0]).toBeCloseTo(0.04, 15);
    expect(slopes(energy.estimate())[1]).toBeCloseTo(0.3 * 0.98, 15);
  });

  test('the minimum is h = ¾, y = ½', () => {
    const energy = nudged(1);
    for (let n = 0; n < 1000; n++) energy.step(0.1);
    expect(energy.step(0.1)).toBeLessThan(1e-14);
    expect(energy.states[1][0]).toBeCloseTo(3 / 4, 14);
    expect(energy.states[2][0]).toBeCloseTo(1 / 2, 14);
    // −2 (¾ − 1) · 1, −2 (½ − ¾) · ¾
    expect(slopes(energy.estimate())[0]).toBeCloseTo(1 / 2, 14);
    expect(slopes(energy.estimate())[1]).toBeCloseTo(3 / 8, 14);
  });
});

describe('curvature', () => {
  test('of h² + (y − h)² is twice the greater root of λ² − 3λ + 1', () => {
    expect(greatestCurvature(chain, chain.forward(one()))).toBeCloseTo(3 + Math.sqrt(5), 3);
  });

  test('bounds the step: by more than 2 over it the descent grows', () => {
    const example = { inputs: one(), target: zero(), label: 0 };
    // 2 / (3 + √5) = .38
    expect([0.3, 0.6, 3].map((epsilon) => stableStep(chain, [example], epsilon))).toEqual([0.3, 0.3, 0.375]);
    const forceAfter = (epsilon: number) => {
      const energy = nudged(0.01);
      descend(energy, epsilon, 500);
      return energy.step(0);
    };
    expect(forceAfter(0.37)).toBeLessThan(1e-6);
    expect(forceAfter(0.39)).toBeGreaterThan(1);
  });

  test('steeper weights settle by shorter steps, in what a pencil finds', () => {
    // E + ½ β y² = h̃² + (y − 4h)² + ½ β y², h̃ = h − 1: y = 4 / (1 + 8.5 β), h = (1 + β/2) / (1 + 8.5 β)
    const steep = new Chain([1, 1, 1], [one(), Float64Array.of(4)], [zero(), zero()], [linear, linear]);
    const energy = new FeedforwardEnergy(steep, steep.forward(one()), zero(), 0.1);
    settle(energy, 0.1);
    expect(energy.states[1][0]).toBeCloseTo(1.05 / 1.85, 8);
    expect(energy.states[2][0]).toBeCloseTo(4 / 1.85, 8);
  });
});

test('beside backpropagation: one weight a layer is of its direction, and smaller', () => {
  const example = { inputs: one(), target: zero(), label: 0 };
  const { cosines, sizes } = besideBackpropagation(chain, [example, example], 1, (energy) =>
    settle(energy, 0.1),
  );
  expect(cosines).toEqual([1, 1]);
  expect(sizes[0]).toBeCloseTo(1 / 2, 8);
  expect(sizes[1]).toBeCloseTo(3 / 8, 8);
  const few = besideBackpropagation(chain, [example], 1, (energy) => descend(energy, 0.1, 1));
  expect(few.cosines).toEqual([Number.NaN, 1]);
  expect(few.sizes[1]).toBeCloseTo(0.2, 15);
});

test('learning by no steps learns nothing; by one step, the outputs alone', async () => {
  const samples = { count: 1, images: Uint8Array.of(128), labels: Uint8Array.of(0) };
  const dataset = {
    name: 'one',
    rows: 1,
    columns: 1,
    channels: 1,
    pixels: 1,
    classes: 2,
    training: samples,
    test: samples,
  };
  const learnBy = async (steps: number) => {
    const own = Chain.initial([1, 1, 2], [logistic, logistic], new Draws(1, 0));
    const before = own.weights.map((matrix) => matrix.slice());
    await learn(own, { steps, nudge: 0.01, epsilon: 0.1, rate: 1, epochs: 1, images: 1 }, dataset, atRest);
    return own.weights.map((matrix, k) => matrix.some((weight, at) => weight !== before[k][at]));
  };
  expect(await learnBy(0)).toEqual([false, false]);
  expect(await learnBy(1)).toEqual([false, true]);
  expect(await learnBy(2)).toEqual([true, true]);
});

test('backpropagation is the difference of costs, whatever the layers', () => {
  const random = Chain.initial([3, 4, 2], [logistic, logistic], new Draws(1, 0));
  const inputs = Float64Array.of(0.2, 0.9, 0.5);
  const target = Float64Array.of(1, 0);
  const cost = () => {
    const [, , outputs] = random.forward(inputs);
    return outputs.reduce((sum, y, i) => sum + (y - target[i]) ** 2 / 2, 0);
  };
  const updates = random.gradient(random.forward(inputs), target);
  random.weights.forEach((matrix, k) => {
    const { deltas, below } = updates[k];
    matrix.forEach((weight, at) => {
      const costAt = (by: number) => {
        matrix[at] = weight + by;
        return cost();
      };
      const difference = (costAt(1e-5) - costAt(-1e-5)) / 2e-5;
      matrix[at] = weight;
      expect(deltas[Math.floor(at / below.length)] * below[at % below.length]).toBeCloseTo(difference, 9);
    });
  });
});
