import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRecipe } from '#host/model/recipe-check';
import {
  configureRequest,
  glorotLimit,
  initialiseRequest,
  initialLimits,
  ratesAt,
  roundedDynamics,
  scheduleFactor,
  trainRequest,
} from '#host/model/requests';
import { Messages, Nudging, Option, Relaxation, Rounding } from '#host/wire/index';
import { chainRecords } from '../kernel/configure.js';

function recipe(changes: Readonly<Record<string, unknown>> = {}) {
  const values = {
    network: '36-24-4',
    'free-iterations': 12,
    'nudged-iterations': 6,
    beta: 0.3,
    rates: [0.2, 0.1],
    epochs: 4,
    minibatch: 10,
    training: '0..100',
  };
  return checkRecipe({ ...values, ...changes }, 'test');
}

const PER_EPOCH = 10;

test('CONFIGURE spells the recipe', () => {
  const request = configureRequest(
    recipe({
      relaxation: 'euler',
      epsilon: 0.25,
      rounding: 'nearest',
      start: 'persistent',
      seed: 0xffff_ffff,
    }),
  );
  expect(request).toEqual({
    seed: 0xffff_ffff,
    epsilon: 1024,
    nudge: 1229,
    freeIterations: 12,
    nudgedIterations: 6,
    batch: 10,
    stateFraction: 13,
    relaxation: Relaxation.euler,
    rounding: Rounding.nearest,
    options: Option.persistent,
    inputScale: 4,
    shift: 0,
    noise: 0,
    noiseForm: 0,
    margin: 0,
    inputPull: 0,
    pixelSpikes: 0,
    ...chainRecords([36, 24, 4]),
  });
  const { request: layout } = Messages.configure;
  // Three layers of 8 bytes, two connections of 18.
  expect(layout.encode(request).length).toBe(layout.size + 60);
});

test('the reference is given what the device was given', () => {
  const { epsilon, nudge } = configureRequest(recipe({ epsilon: 0.3, beta: 0.123 }));
  expect(roundedDynamics(recipe({ epsilon: 0.3, beta: 0.123 }))).toEqual({
    relaxation: 'exact',
    epsilon: epsilon / 4096,
    nudge: nudge / 4096,
    freeIterations: 12,
    nudgedIterations: 6,
  });
});

describe('the full cost ‖y − t‖²', () => {
  // With α and β of the full cost, the ½ convention has 2α and 2β: the gain α/β stays.
  test.each(['positive', 'random-sign', 'centered'])('doubles the nudge and keeps α/β, %s', (nudging) => {
    const full = recipe({ nudging, cost: 'full', beta: 0.25 });
    const half = recipe({ nudging, cost: 'half', beta: 0.5, rates: [0.4, 0.2] });
    expect(configureRequest(full)).toEqual(configureRequest(half));
    for (const step of [0, 7])
      expect(ratesAt(full, step, PER_EPOCH, 10)).toEqual(ratesAt(half, step, PER_EPOCH, 10));
  });
});

test('initial limits are Glorot’s, scaled', () => {
  expect(glorotLimit(784, 500)).toBeCloseTo(0.0683586, 7);
  const values = initialLimits(recipe({ 'initial-scale': 0.5 })).map(({ value }) => value);
  expect(values[0]).toBeCloseTo(0.5 * Math.sqrt(6 / 60), 7);
  expect(values[1]).toBeCloseTo(0.5 * Math.sqrt(6 / 28), 7);
  expect(initialiseRequest(recipe({ 'initial-scale': 0.5 })).limits).toEqual(values.map((v) => v * 2 ** 24));
});

test('initial limits may have a scale a connection, ways back that of their ways forth', () => {
  const [first, second] = initialLimits(recipe({ 'initial-scale': [0.5, 0.125] }));
  expect(first.value).toBeCloseTo(0.5 * Math.sqrt(6 / 60), 7);
  expect(second.value).toBeCloseTo(0.125 * Math.sqrt(6 / 28), 7);
  const deep = { network: '36-24-24-4', rates: [0.2, 0.1, 0.1], nudging: 'positive', feedback: 'untied' };
  const limits = initialLimits(recipe({ ...deep, 'initial-scale': [1, 0.5, 0.25], 'feedback-scale': 0.5 }));
  expect(limits[3].value).toBeCloseTo(limits[1].value / 2, 6);
  expect(limits[4].value).toBeCloseTo(limits[2].value / 2, 6);
});

describe('gains', () => {
  test('are α/(β B), halved for two nudged phases', () => {
    const gain = (changes: object, samples: number) =>
      ratesAt(recipe({ ...changes }), 0, PER_EPOCH, samples).gains[0].value;
    expect(gain({ nudging: 'positive' }, 10)).toBeCloseTo(0.2 / (0.3 * 10), 5);
    expect(gain({ nudging: 'random-sign' }, 10)).toBeCloseTo(0.2 / (0.3 * 10), 5);
    expect(gain({ nudging: 'centered' }, 10)).toBeCloseTo(0.2 / (2 * 0.3 * 10), 5);
    expect(gain({ nudging: 'positive' }, 4)).toBeCloseTo(0.2 / (0.3 * 4), 5);
  });

  test.each([
    [
      { rates: [1.6, 0.1] },
      'rate 1 comes to a gain of 1.33',
      'rates below 1.2 do with minibatches of 2 and β 0.3',
    ],
    [
      { rates: [0.1, 0.8], nudging: 'positive', minibatch: 1 },
      'rate 2 comes to a gain of 2.66',
      'below 0.3 do',
    ],
    [{ rates: [0.8, 0.1], training: '0..101' }, 'gain of 1.33', 'below 0.6 do with minibatches of 1'],
  ])('beyond their range are refused with the rates that would do: %j', (changes, message, hint) => {
    expect(() => recipe({ minibatch: 2, ...changes })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test('depend on the step alone, in whatever order they are asked for', () => {
    const changing = recipe({ schedule: 'cosine', nudging: 'random-sign', 'weight-decay': [0.001, 0.002] });
    const at = (step: number) => ratesAt(changing, step, PER_EPOCH, 10);
    const inOrder = Array.from({ length: 40 }, (_, step) => at(step));
    const steps = fc.shuffledSubarray(Array.from({ length: 40 }, (_, step) => step));
    fc.assert(
      fc.property(steps, (some) => {
        for (const step of some) expect(at(step)).toEqual(inOrder[step]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('schedules', () => {
  const factor = (schedule: string, step: number) =>
    scheduleFactor(recipe({ schedule, 'schedule-factor': 0.5 }), step, PER_EPOCH);

  test.each([
    ['constant', [1, 1, 1, 1]],
    ['linear', [1, 0.975, 0.5, 0.025]],
    ['cosine', [1, (1 + Math.cos(Math.PI / 40)) / 2, 0.5, (1 + Math.cos((39 * Math.PI) / 40)) / 2]],
    ['exponential', [1, 1, 0.25, 0.125]],
  ])('%s', (schedule, expected) => {
    [0, 1, 20, 39].forEach((step, i) => {
      expect(factor(schedule, step)).toBeCloseTo(expected[i], schedule === 'cosine' ? 7 : 12);
    });
  });

  test('are numbers that no engine’s cosine or power decides', () => {
    const values = { 'schedule-factor': 0.93, epochs: 60 };
    const cosine = recipe({ ...values, schedule: 'cosine' });
    const exponential = recipe({ ...values, schedule: 'exponential' });
    let product = 1;
    for (let epoch = 0; epoch < 60; epoch++) {
      const step = epoch * PER_EPOCH;
      expect(scheduleFactor(exponential, step, PER_EPOCH)).toBe(product);
      expect(scheduleFactor(cosine, step, PER_EPOCH) * 2 ** 24).toSatisfy(Number.isInteger);
      product *= 0.93;
    }
  });

  test('gains and decays follow them', () => {
    const values = { schedule: 'linear', 'weight-decay': [0.01, 0], 'decay-interval': 10 };
    const { gains, decays } = ratesAt(recipe(values), 19, PER_EPOCH, 10);
    const left = 1 - 19 / 40;
    expect(gains[1].value).toBeCloseTo((left * 0.1) / 6, 7);
    expect(decays.map(({ value }) => value)).toEqual([expect.closeTo(0.01 * 10 * left, 8), 0]);
  });
});

test('decay comes once an interval, as strong as all of it', () => {
  const decaying = recipe({ 'weight-decay': [0.01, 0.02], 'decay-interval': 4 });
  const steps = Array.from({ length: 12 }, (_, step) => step);
  const first = steps.map((step) => ratesAt(decaying, step, PER_EPOCH, 10).decays[0].value);
  expect(steps.filter((step) => first[step] > 0)).toEqual([3, 7, 11]);
  expect(first[3]).toBeCloseTo(0.04, 9);
  for (const { decays } of steps.map((step) => ratesAt(recipe(), step, PER_EPOCH, 10)))
    expect(decays.map(({ word }) => word)).toEqual([0, 0]);
});

test('random signs are balanced and belong to the seed', () => {
  const signs = (seed: number) =>
    Array.from(
      { length: 400 },
      (_, step) => ratesAt(recipe({ nudging: 'random-sign', seed }), step, 10, 10).nudging,
    );
  const positive = signs(1).filter((sign) => sign === 'positive').length;
  expect(Math.abs(positive - 200)).toBeLessThan(5 * 10);
  expect(new Set(signs(1))).toEqual(new Set(['positive', 'negative']));
  expect(signs(2)).not.toEqual(signs(1));
  expect(signs(1)).toEqual(signs(1));
});

test('TRAIN spells gains, then decays, then gains of the biases', () => {
  const rates = ratesAt(recipe({ nudging: 'positive', 'weight-decay': [0.01, 0] }), 49, PER_EPOCH, 7);
  const request = trainRequest(49, 7, rates);
  expect(request).toEqual({
    step: 49,
    samples: 7,
    nudging: Nudging.positive,
    rates: [rates.gains[0].word, rates.gains[1].word, 2 ** 31, 0, rates.gains[0].word, rates.gains[1].word],
  });
});
