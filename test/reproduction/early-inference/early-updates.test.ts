/** Early updates, gradients and dynamics of networks so small that they are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { type Batch, relaxMinibatch, weightUpdate } from '#host/reference/index';
import { backPropagated, outputGradient } from '#host/reproduction/early-inference/back-propagation';
import { chainRecipe } from '#host/reproduction/early-inference/chains';
import {
  binomial,
  earlyUpdates,
  fixedPoint,
  lawfulFactor,
  saturated,
} from '#host/reproduction/early-inference/early-updates';
import { LeakyUnits, PLAIN, SILENT } from '#host/reproduction/early-inference/leaky';
import { changesBy, followPath, pathRules } from '#host/reproduction/early-inference/path';
import { firstMoves } from '#host/reproduction/early-inference/rounded-updates';
import { pooledFactor } from '#host/reproduction/early-inference/update-subjects';
import { cosine } from '#host/reproduction/statistics';
import { initialReference } from '#host/verification/index';
import { chained, uniform } from '../../reference/networks.js';

const DARK = Uint8Array.of(0);

/** Input, two hidden units one after the other, two outputs of which the second is kept at 0; all within (0, 1) by biases. */
const small = chained(
  [1, 1, 1, 2],
  [Float64Array.of(0), Float64Array.of(0.5), Float64Array.of(0.4, -0.3)],
  [Float64Array.of(0.3), Float64Array.of(0.2), Float64Array.of(0.1, -0.2)],
);

test('ways to choose', () => {
  expect([binomial(5, 2), binomial(6, 3), binomial(4, 4), binomial(3, 0)]).toEqual([10, 20, 1, 1]);
  expect([lawfulFactor(1, 0), lawfulFactor(2, 0), lawfulFactor(4, 1), lawfulFactor(2, 1)]).toEqual([
    0, 1, 4, 0,
  ]);
});

test('a gradient goes back through what is not saturated', () => {
  const states = Float64Array.of(0.4, 0.6, 0.34, 0);
  // t = (1, 0): .34 − 1 = −.66 at the first output, nothing at the second, which is clipped.
  const [first, second, ...outputs] = backPropagated(small, states, outputGradient(small, states, 0));
  expect(outputs).toEqual([expect.closeTo(-0.66, 12), 0]);
  expect(second).toBeCloseTo(0.4 * -0.66, 12);
  expect(first).toBeCloseTo(0.5 * 0.4 * -0.66, 12);
  // A saturated unit sends nothing on, though it receives.
  const saturating = Float64Array.of(0.4, 1, 0.34, 0);
  for (const below of backPropagated(small, saturating, outputGradient(small, saturating, 0)).subarray(0, 2))
    expect(below).toBeCloseTo(0, 12);
});

test('an output at 0 that the nudge lifts off moves the layers below, where the gradient is 0', () => {
  const start = fixedPoint(small, DARK, 0);
  // The second output's drive is −.2 − .3 h: a nudge of 1 lifts it by ½ (1 + drive).
  const early = earlyUpdates(small, DARK, 0, 1, start, { beta: 1, epsilon: 0.5, steps: 2 });
  expect(outputGradient(small, start, 1)[1]).toBeCloseTo(0, 12);
  const top = early.find(({ below, step }) => below === 0 && step === 2)!;
  expect(Math.abs(top.factor! - 1)).toBeGreaterThan(0.1);
  expect(top.fromOutputs).toBeCloseTo(1, 9);
});

test('of a chain of units the law is exact at the first step that moves a layer, and near it after', () => {
  const start = fixedPoint(small, DARK, 0);
  const epsilon = 1e-3;
  const updates = earlyUpdates(small, DARK, 0, 0, start, { beta: 0.1, epsilon, steps: 4 });
  const at = (below: number, step: number) =>
    updates.find((one) => one.below === below && one.step === step)!;
  for (const below of [0, 1]) {
    expect(at(below, below + 1).moved).toBe(false);
    expect(at(below, below + 2).factor).toBeCloseTo(1, 4);
    expect(at(below, below + 2).cosine).toBeCloseTo(1, 9);
  }
  expect(at(0, 4).factor).toBeCloseTo(6, 1);
  expect(at(1, 4).factor).toBeCloseTo(4, 1);
});

test('sizes of several images are weighed by their gradients, and count where nothing moved', () => {
  const of = (factor: number | undefined, gradient: number) => ({
    ...{ below: 0, step: 2, cosine: 1, size: 1, fromOutputs: 1, moved: factor !== undefined },
    ...{ factor, gradient },
  });
  // (1 · 4 + 3 · 1 + 0 · 2) / 7
  expect(pooledFactor([of(1, 4), of(3, 1), of(undefined, 2)])).toBe(1);
});

test('first moves of a layer: their mean step, and the images in which it never moves', () => {
  const of = (below: number, step: number, moved: boolean) => ({
    ...{ below, step, moved, cosine: undefined, factor: undefined, size: undefined },
    ...{ fromOutputs: undefined, gradient: 1 },
  });
  const images = [
    [of(0, 1, false), of(0, 2, true), of(0, 3, true), of(1, 1, true)],
    [of(0, 1, false), of(0, 2, false), of(0, 3, true)],
    [of(0, 1, false), of(1, 2, true)],
  ];
  expect(firstMoves(images, 0)).toMatchObject({ step: 2.5, never: 1, seen: [{ step: 2 }, { step: 3 }] });
  expect(firstMoves(images, 2)).toEqual({ step: Number.NaN, never: 3, seen: [] });
});

test('shares of saturated units', () => {
  expect(saturated(small, Float64Array.of(0.4, 1, 0.34, 0))).toEqual({ hidden: [0, 1], outputs: 0.5 });
});

test('fixed points are where nothing is left to change', () => {
  const [h1, h2, y1, y2] = fixedPoint(small, DARK, 0);
  expect(h1).toBeCloseTo(0.3 + 0.5 * h2, 12);
  expect(h2).toBeCloseTo(0.2 + 0.5 * h1 + 0.4 * y1, 12);
  expect(y1).toBeCloseTo(0.1 + 0.4 * h2, 12);
  expect(y2).toBe(0);
});

describe('learning along the path', () => {
  const batch: Batch = { images: DARK, labels: Uint8Array.of(0) };
  const dynamics = { epsilon: 0.5, nudge: 1, freeIterations: 200, nudgedIterations: 2 };

  test('sums the products of two steps', () => {
    const [, h, y] = fixedPoint(small, DARK, 0);
    const path = followPath(small, dynamics, batch);
    // First step: the output alone moves, by ε(1 − y); second: the hidden unit below it too.
    const y1 = y + 0.5 * (1 - y);
    const h2 = h + 0.5 * 0.4 * (y1 - y);
    const y2 = y1 + 0.5 * (0.1 + 0.4 * h - y1 + 1 - y1);
    expect(path.forward[2][0]).toBeCloseTo(h * (y1 - y) + h * (y2 - y1), 12);
    expect(path.backward[2][0]).toBeCloseTo((h2 - h) * y1, 12);
    const { weights, biases } = changesBy('end-points', small, batch, path);
    expect(weights[2][0]).toBeCloseTo(h * (y2 - y), 12);
    expect(biases[2][0]).toBeCloseTo(y2 - y, 12);
  });

  const wide = initialReference(
    chainRecipe(
      {
        pixels: 16,
        classes: 4,
        training: { count: 20, images: new Uint8Array(320), labels: new Uint8Array(20) },
      },
      { hidden: [8, 6], images: 20, epochs: 1, seed: 3 },
      { 'initial-scale': 1 },
    ),
  );
  const draw = uniform(11);
  const images = Uint8Array.from({ length: 5 * 16 }, () => draw(0, 256));
  const several: Batch = { images, labels: Uint8Array.of(0, 1, 2, 3, 1) };

  test('by end points is the reference’s contrast', () => {
    const euler = { ...dynamics, freeIterations: 30, nudgedIterations: 7 };
    const path = followPath(wide, euler, several);
    const ones = wide.weights.map(() => 1);
    const expected = weightUpdate(wide, { ...euler, relaxation: 'euler' }, several, 'positive', ones);
    expect(changesBy('contrast', wide, several, path).weights).toEqual(expected);
    const { predictions } = relaxMinibatch(wide, { ...euler, relaxation: 'euler' }, several, undefined);
    expect(path.relaxed.predictions).toEqual(predictions);
  });

  test('both halves come to the contrast, less the products of two changes in one step', () => {
    const euler = { ...dynamics, epsilon: 0.01, freeIterations: 3000, nudgedIterations: 300 };
    const path = followPath(wide, euler, several);
    const [both, contrast] = (['both', 'contrast'] as const).map((rule) =>
      changesBy(rule, wide, several, path),
    );
    for (const k of [1, 2]) {
      expect(cosine([both.weights[k]], [contrast.weights[k]])).toBeGreaterThan(0.9999);
      expect(cosine([path.forward[k]], [contrast.weights[k]])).toBeLessThan(0.9999);
    }
    for (const rule of pathRules)
      expect(changesBy(rule, wide, several, path).weights[0]).toEqual(contrast.weights[0]);
  });
});

describe('leaky units', () => {
  const still = { epsilon: 0.5, thresholds: PLAIN, noise: SILENT };

  test('without noise settle where the reference does', () => {
    const units = new LeakyUnits(small, still);
    units.clamp(DARK, 0);
    for (let n = 0; n < 200; n++) units.step(0, 0, 0);
    fixedPoint(small, DARK, 0).forEach((state, u) => {
      expect(units.states[u]).toBeCloseTo(state, 12);
      expect(units.rates[u]).toBe(units.states[u]);
    });
  });

  test('unclipped, a unit below its lower threshold hears nothing and goes to 0', () => {
    const units = new LeakyUnits(small, { ...still, thresholds: { low: 0, clipped: false } });
    units.clamp(DARK, 0);
    units.states[0] = -0.2;
    units.step(0, 0, 0);
    expect(units.states[0]).toBeCloseTo(-0.1, 12);
    // The second output's drive is −.2: from 0, where ρ′ = 1, it leaves.
    expect(units.states[3]).toBeCloseTo(-0.1, 12);
    expect(units.rates[3]).toBe(0);
  });

  test('with thresholds nudge rates, not states', () => {
    const units = new LeakyUnits(small, { ...still, thresholds: { low: -0.5, clipped: true } });
    units.clamp(DARK, 0);
    units.step(1, 0, 0);
    // ρ(0) = ½: drive .1 + .4 · ½, and 1 − ½.
    expect(units.states[2]).toBeCloseTo(0.5 * (0.1 + 0.2 + 0.5), 12);
    // Drive −.2 − .3 · ½, and 0 − ½.
    expect(units.states[3]).toBeCloseTo(0.5 * (-0.2 - 0.15 - 0.5), 12);
    units.step(1, 0, 0);
    units.step(1, 0, 0);
    expect([...units.states.subarray(2)]).toEqual([0.5, -0.5]);
  });

  test('in a bath of temperature T a unit without drive has variance T, whichever its key', () => {
    const free = chained([1, 1], [Float64Array.of(0)], [Float64Array.of(0)]);
    const units = new LeakyUnits(free, {
      epsilon: 0.1,
      thresholds: { low: -100, clipped: false },
      noise: { form: 'langevin', level: 0.04 },
    });
    let squares = 0;
    for (let key = 0; key < 20_000; key++) {
      units.step(0, 0, key);
      squares += units.states[0] ** 2;
    }
    // T / (1 − ε/2); correlated over 10 steps, so ± 4 %.
    expect(squares / 20_000 / (0.04 / 0.95)).toBeCloseTo(1, 0);
  });
});
