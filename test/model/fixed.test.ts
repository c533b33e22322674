/** Connections that a recipe names as fixed. */
import { expect, test } from 'vitest';
import { graphOf, ratesAt } from '#host/model/index';
import { refusal } from '../data/folder.js';
import { smallRecipe } from '../runs/small-data.js';

const chain = { network: '36-8-6-4', rates: [0.4, 0.2, 0.1] };
const fixedOf = (changes: object) =>
  graphOf(smallRecipe({ ...chain, ...changes })).connections.map(({ fixed }) => fixed);

test('are named by number, in a chain and beside tables that say so themselves', () => {
  expect(fixedOf({})).toEqual([false, false, false]);
  expect(fixedOf({ fixed: [] })).toEqual([false, false, false]);
  expect(fixedOf({ fixed: [2, 1, 2] })).toEqual([true, true, false]);
  const connections = [
    { from: 0, to: 1, fixed: true },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
  ];
  expect(fixedOf({ connections, fixed: [3] })).toEqual([true, false, true]);
});

test('must be there', async () => {
  expect(await refusal(() => smallRecipe({ ...chain, fixed: [4] }))).toMatch(
    /connection 4 of 36-8-6-4 is to stay fixed, there are 3; name them by number/,
  );
  expect(await refusal(() => smallRecipe({ ...chain, fixed: [0] }))).toMatch(/fixed 1: /);
});

test('biases learn by the first connection that ends there and learns, and stay where none does', () => {
  const biasGains = (changes: object) =>
    ratesAt(smallRecipe({ ...chain, ...changes }), 0, 10, 16).biasGains.map(
      ({ value }) => value * 2 * 0.3 * 16,
    );
  const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 4));
  expect(biasGains({})).toEqual(near([0.4, 0.2, 0.1]));
  expect(biasGains({ fixed: [1, 2] })).toEqual(near([0, 0, 0.1]));
  const connections = [
    { from: 0, to: 1 },
    { from: 1, to: 2, fixed: true },
    { from: 0, to: 2 },
    { from: 2, to: 3 },
  ];
  expect(biasGains({ connections, rates: [0.4, 0.2, 0.3, 0.1] })).toEqual(near([0.4, 0.3, 0.1]));
  expect(biasGains({ fixed: [1], 'bias-rates': [0.5, 0.2, 0.1] })).toEqual(near([0.5, 0.2, 0.1]));
});
