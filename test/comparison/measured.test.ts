import { describe, expect, test } from 'vitest';
import { measured } from '#host/comparison/cell-outcome';
import { Distance } from '#host/comparison/error-sources';
import { quantisersOf } from '#host/comparison/formats';
import type { DivergenceMetrics, EpochMetrics, FinalMetrics } from '#host/records/index';
import { smallRecipe } from '../runs/small-data.js';

const epoch = (number: number, trainingError: number): EpochMetrics => ({
  kind: 'epoch',
  epoch: number,
  step: 19 * number,
  trainingError,
  cost: 0.1,
  freeIterations: 5,
  nudgedIterations: 4,
  unsettled: 0,
  products: 1000 / number,
  saturations: 3 * number,
  digest: '0',
  checked: 1,
  seconds: 1,
});
const divergence = (more: Partial<DivergenceMetrics>): DivergenceMetrics => ({
  kind: 'divergence',
  step: 1,
  samples: 10,
  stateRms: 0.01,
  stateSignal: 1,
  stateWorst: 0.1,
  nudgedRms: 0,
  nudgedWorst: 0,
  elsewhere: 0,
  contrastCosines: [1, 1],
  predictionsAgree: 1,
  ...more,
});
const final: FinalMetrics = {
  kind: 'final',
  step: 38,
  evaluations: [
    { set: 'validation', start: 'persistent', samples: 10, error: 3 },
    { set: 'validation', start: 'zero', samples: 10, error: 99 },
    { set: 'test', start: 'zero', samples: 100, error: 7 },
  ],
  seconds: 1,
};

describe('what a log tells of a cell', () => {
  test('by hand', () => {
    const found = measured([
      divergence({ contrastCosines: [0.9, 0.7], updatesDue: 100, updatesLost: 80 }),
      divergence({ samples: 30, stateRms: 0.03, updatesDue: 300, updatesLost: 120 }),
      divergence({ step: 50, contrastCosines: [0.5, 0.5] }),
      epoch(1, 20),
      epoch(2, 10),
      final,
    ]);
    expect(found).toMatchObject({ trainingError: 10, testError: 7, saturations: 6 });
    // From a zero start, though the network was trained from another.
    expect(found).toMatchObject({ validationError: 99, validationImages: 10 });
    // Minibatches count alike: (0.8 + 1 + 0.5) / 3.
    expect(found.contrastCosine).toBeCloseTo(2.3 / 3, 12);
    // Noise (10 · 1 + 30 · 9 + 10 · 1) · 10⁻⁴ beside a signal of 50.
    expect(found.signalToNoise).toBeCloseTo(10 * Math.log10(50 / 290e-4), 10);
    expect(found.lostUpdates).toBeCloseTo(200 / 400, 12);
    expect(found.products).toBe(750);
    expect(found.epochs).toEqual([
      { epoch: 1, trainingError: 20 },
      { epoch: 2, trainingError: 10 },
    ]);
  });

  test('nothing that was not measured; no noise is no number', () => {
    expect(measured([])).toEqual({ epochs: [] });
    expect(measured([divergence({ stateRms: 0 })])).toEqual({
      epochs: [],
      contrastCosine: 1,
      signalToNoise: null,
    });
  });

  test('what is undefined is left out: cosines of no contrast, noise beside no signal', () => {
    const none = divergence({ contrastCosines: [null, null], stateSignal: 0 });
    const half = divergence({ contrastCosines: [null, 0.5] });
    expect(measured([none])).toEqual({ epochs: [] });
    expect(measured([none, half, divergence({ contrastCosines: [0.9, 0.7] })]).contrastCosine).toBeCloseTo(
      (0.5 + 0.8) / 2,
      12,
    );
  });
});

test('distances are relative, over all connections and minibatches together', () => {
  const distance = new Distance();
  distance.add([Float64Array.of(3, 0), Float64Array.of(0)], [Float64Array.of(0, 0), Float64Array.of(4)]);
  distance.add([Float64Array.of(3, 0), Float64Array.of(0)], [Float64Array.of(3, 0), Float64Array.of(0)]);
  expect(distance.relative).toBeCloseTo(Math.sqrt((9 + 16) / (16 + 9)), 12);
  expect(new Distance().relative).toBeNull();
});

describe('roundings', () => {
  test('states to nearest; weights to nearest', () => {
    const { states, contrast, weights } = quantisersOf(
      smallRecipe({ states: 'Q7.8', weights: 'Q13.2', rounding: 'nearest' }),
      0,
    );
    for (const round of [states, contrast])
      expect([0, 0.5 / 256, 0.49 / 256, 1].map(round)).toEqual([0, 1 / 256, 0, 1]);
    expect([0.1, 0.125, -0.1, -0.13, -0.3].map((change) => weights(change, 0, 0))).toEqual([
      0, 0.25, 0, -0.25, -0.25,
    ]);
  });

  test('stochastic ones are a unit apart at most and right on average', () => {
    const { weights } = quantisersOf(smallRecipe({ weights: 'Q13.2' }), 7);
    const drawn = Array.from({ length: 10_000 }, (_, index) => weights(-0.325, 1, index));
    expect(new Set(drawn)).toEqual(new Set([-0.5, -0.25]));
    // Four standard errors: 4 · ¼ · √(0.3 · 0.7 / 10⁴).
    const average = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    expect(Math.abs(average + 0.325)).toBeLessThan(0.0046);
  });
});
