/** Formats that go together, and those that do not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storages } from '#host/ground/index';
import { formatsOf, requireExactSums } from '#host/model/formats';
import { checkRecipe } from '#host/model/index';
import { smallValues } from '../centered.js';

const of = (weights: string, states: string, network = '36-24-8-4') =>
  formatsOf({ network, weights, states, connections: [], 'receptive-fields': 'all', seed: 1 });
const q = (bits: number, fraction: number) => `Q${bits - 1 - fraction}.${fraction}`;

test('one format of the weights is that of every connection', () => {
  expect(of('Q2.13', 'Q1.14')).toEqual({
    storage: 16,
    weights: Array(3).fill({ name: 'Q2.13', bits: 16, fraction: 13 }),
    states: { name: 'Q1.14', bits: 16, fraction: 14 },
    rateFraction: 14,
    drives: { name: 'Q4.27', bits: 32, fraction: 27 },
    biases: { name: 'Q4.27', bits: 32, fraction: 27 },
  });
});

test('one a connection: drives have room for the finest', () => {
  const { storage, weights, drives, biases } = of('Q-1.8, Q0.7,Q2.5', 'Q4.11');
  expect(storage).toBe(8);
  expect(weights.map(({ name }) => name)).toEqual(['Q-1.8', 'Q0.7', 'Q2.5']);
  expect(drives).toEqual({ name: 'Q12.19', bits: 32, fraction: 19 });
  expect(biases).toEqual(drives);
});

test('beside drives of 64 bits, biases have the format of the finest weights', () => {
  const { storage, states, drives, biases } = of('Q7.24,Q9.22,Q8.23', 'Q13.18');
  expect([storage, states.bits]).toEqual([32, 32]);
  expect(drives).toEqual({ name: 'Q21.42', bits: 64, fraction: 42 });
  expect(biases).toEqual({ name: 'Q7.24', bits: 32, fraction: 24 });
});

describe('refused', () => {
  test.each<[string, [string, string, string?], string, RegExp]>([
    [
      'a format too few',
      ['Q0.7,Q0.7', 'Q3.12'],
      '2 weight formats for the 3 connections of 36-24-8-4',
      /one/,
    ],
    [
      'a format too many',
      ['Q0.7,Q0.7', 'Q3.12', '9-4'],
      '2 weight formats for the 1 connections of 9-4',
      /one/,
    ],
    [
      'two storages',
      ['Q0.7,Q0.7,Q1.14', 'Q3.12'],
      'weights of 8 bits (Q0.7) beside weights of 16 (Q1.14)',
      /as many bits/,
    ],
    [
      'states of 16 bits beside weights of 32',
      ['Q7.24', 'Q3.12'],
      'states of 16 bits (Q3.12) beside weights of 32',
      /32 bits: choose Q25\.6 … Q13\.18/,
    ],
    [
      'states of 32 bits beside weights of 8',
      ['Q0.7', 'Q13.18'],
      'states of 32 bits (Q13.18) beside weights of 8',
      /16 bits: choose Q9\.6 … Q1\.14/,
    ],
    [
      'weights too far apart for the states',
      ['Q0.7,Q2.5,Q1.6', 'Q2.13'],
      'weights from Q2.5 to Q0.7 are too far apart beside states in Q2.13',
      /by 2 fractional bits: choose states in Q3\.12 or coarser/,
    ],
    [
      'weights too far apart for any states',
      ['Q-5.12,Q0.7,Q2.5', 'Q7.8'],
      'weights from Q2.5 to Q-5.12 are too far apart beside states in Q7.8',
      /by 7 fractional bits: choose weights nearer to each other, by 6 at most/,
    ],
    [
      'weights too fine to change by a bit',
      ['Q1.30', 'Q17.14'],
      'weights Q1.30 are too fine beside states in Q17.14',
      /29 fractional bits at most/,
    ],
    [
      'weights too coarse to change by less than 63 bits',
      ['Q26.5', 'Q13.18'],
      'weights Q26.5 are too coarse beside states in Q13.18',
      /17 fractional bits at most/,
    ],
    [
      'drives too fine for 64 bits',
      ['Q4.27', 'Q13.18'],
      'weights Q4.27 with states Q13.18 have drives of 45 fractional bits',
      /44 are possible/,
    ],
  ])('%s', (_, formats, message, hint) => {
    expect(() => of(...formats)).toThrow(
      expect.objectContaining({ name: 'UserError', message, hint: expect.stringMatching(hint) }),
    );
  });
});

describe('rates that are summed before they are multiplied', () => {
  test.each<[string, string, string, string, RegExp | undefined]>([
    ['28x28-conv5x8a-10', 'Q1.14', 'Q3.12', '', undefined],
    [
      '28x28-conv5x8a-10',
      'Q1.14',
      'Q2.13',
      'connection 1 sums 4 rates',
      /^choose states in Q3\.12 or coarser$/,
    ],
    ['28x28-9-4x4-conv3x4a', 'Q1.14', 'Q2.13', 'connection 3 sums 4 rates', /Q3\.12 or coarser/],
    // The others' finer weights leave it fewer bits.
    ['28x28-conv5x8a-10', 'Q2.13,Q1.14', 'Q4.11', '', undefined],
    ['28x28-conv5x8a-10', 'Q2.13,Q1.14', 'Q3.12', 'connection 1 sums 4 rates', /Q4\.11 or coarser/],
    ['28x28-conv5x8a-10', 'Q2.5,Q-2.9', 'Q7.8', '', undefined],
    ['28x28-conv5x8a-10', 'Q2.5,Q-3.10', 'Q7.8', 'connection 1 sums 4 rates', /fewer pooled places/],
    // The greatest of them is one.
    ['28x28-conv5x8m-10', 'Q1.14', 'Q1.14', '', undefined],
  ])('of %s, weights %s, states %s', (network, weights, states, message, hint) => {
    const attempt = () => of(weights, states, network);
    if (!hint) expect(attempt).not.toThrow();
    else
      expect(attempt).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(message),
          hint: expect.stringMatching(hint),
        }),
      );
  });
});

describe('contrasts of a whole minibatch', () => {
  const sums = (network: string, states: string, minibatch: number) => () =>
    requireExactSums({
      ...{ network, connections: [], 'receptive-fields': 'all', seed: 1 },
      ...{ weights: 'Q7.24', states, minibatch, 'nudged-iterations': 5 },
    });

  test.each<[string, string, number, string]>([
    // 400 places, 36 bits of two rates.
    ['28x28-conv5x8-conv5x8-10', 'Q13.18', 2, ''],
    [
      '28x28-conv5x8-conv5x8-10',
      'Q13.18',
      3,
      'connection 2 sums 3 × 400 products of rates in Q13.18, which may not fit 46 bits; choose a minibatch of 2 or less, or states in Q14.17 or coarser',
    ],
    // All 4 · 36 places of a sum, one of each four of a maximum.
    ['28x28-conv5x8m-conv1x8m-10', 'Q13.18', 28, ''],
    ['28x28-conv5x8m-conv1x8m-10', 'Q13.18', 29, 'connection 2 sums 29 × 36 products'],
    ['28x28-conv5x8m-conv1x8a-10', 'Q13.18', 7, ''],
    ['28x28-conv5x8m-conv1x8a-10', 'Q13.18', 8, 'connection 2 sums 8 × 144 products'],
    // More places than a minibatch of one has room for.
    [
      '52x52-conv5x8-conv5x8-10',
      'Q13.18',
      1,
      'connection 2 sums 1 × 1936 products of rates in Q13.18, which may not fit 46 bits; choose states in Q14.17 or coarser',
    ],
    ['9-8-4', 'Q13.18', 512, ''],
  ])('of %s, states %s, a minibatch of %i', (network, states, minibatch, told) => {
    const attempt = sums(network, states, minibatch);
    const [message, hint = ''] = told.split('; ');
    if (told === '') expect(attempt).not.toThrow();
    else
      expect(attempt).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(message),
          hint: expect.stringContaining(hint),
        }),
      );
  });
});

test('a fixed connection has no contrasts', () => {
  const recipe = (fixed: boolean) => () =>
    checkRecipe(
      {
        ...smallValues,
        ...{ network: '28x28-8x24x24-8x20x20-10', rates: [0.1, 0.1, 0.1], minibatch: 3 },
        ...{ weights: 'Q7.24', states: 'Q13.18', 'weight-decay': [] },
        connections: [
          { from: 0, to: 1, kind: 'convolution', side: 5 },
          { from: 1, to: 2, kind: 'convolution', side: 5, fixed },
          { from: 2, to: 3 },
        ],
      },
      'here',
    );
  expect(recipe(true)).not.toThrow();
  expect(recipe(false)).toThrow('here: connection 2 sums 3 × 400 products of rates in Q13.18');
});

/** The contract with the kernel, said once more: what it can compute with. */
function isPossible(storage: number, weights: readonly number[], states: number): boolean {
  const finest = Math.max(...weights);
  const spread = finest - Math.min(...weights);
  const [most, stateMost] = { 8: [12, 14], 16: [15, 14], 32: [30, 18] }[storage] ?? [];
  const rateMost = storage === 32 ? 30 : 14;
  const rates = Math.max(states, 8);
  const fits = finest <= most && states >= 6 && states <= stateMost && rates + spread <= rateMost;
  if (storage !== 32) return fits;
  const isExact = finest <= states + 15 && 2 * states <= Math.min(...weights) + 30;
  return fits && isExact && finest + rates <= 44;
}

test('what the kernel can compute with is accepted, and nothing else', () => {
  const cases = fc.record({
    storage: fc.constantFrom(...storages),
    weights: fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 3, maxLength: 3 }),
    // Near each other: drawn alone they rarely are.
    narrow: fc.boolean(),
    states: fc.integer({ min: 4, max: 22 }),
  });
  let accepted = 0;
  fc.assert(
    fc.property(cases, ({ storage, weights, narrow, states }) => {
      const fractions = narrow
        ? weights.map((fraction) => Math.floor(weights[0] / 2) + (fraction % 3))
        : weights;
      const stateBits = storage === 32 ? 32 : 16;
      const attempt = () =>
        of(fractions.map((fraction) => q(storage, fraction)).join(), q(stateBits, states));
      if (!isPossible(storage, fractions, states)) {
        expect(attempt).toThrow(expect.objectContaining({ name: 'UserError', hint: expect.any(String) }));
        return;
      }
      accepted++;
      const formats = attempt();
      const finest = Math.max(...fractions);
      expect(formats.weights.map(({ fraction }) => fraction)).toEqual(fractions);
      expect(formats.storage).toBe(storage);
      expect(formats.rateFraction).toBe(Math.max(states, 8));
      expect(formats.drives).toMatchObject({
        bits: storage === 32 ? 64 : 32,
        fraction: finest + formats.rateFraction,
      });
      expect(formats.biases).toMatchObject({
        bits: 32,
        fraction: storage === 32 ? finest : finest + states,
      });
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
