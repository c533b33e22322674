import { describe, expect, test } from 'vitest';
import { pairedDifference, signalToNoise, spread, upperBound } from '#host/comparison/statistics';
import { studentQuantile } from '#host/comparison/student';

// NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2, column 0.975.
test.each([
  [1, 12.706],
  [2, 4.303],
  [4, 2.776],
  [9, 2.262],
  [10, 2.228],
  [11, 2.201],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [100, 1.984],
  [100_000, 1.96],
])('Student’s quantile of %i degrees of freedom', (freedom, quantile) => {
  expect(studentQuantile(freedom)).toBeCloseTo(quantile, 3);
});

test.each([0, 1.5, -1, Number.NaN])('there are no %d degrees of freedom', (freedom) => {
  expect(() => studentQuantile(freedom)).toThrow(RangeError);
});

describe('a spread', () => {
  test('of three values, by hand', () => {
    // Mean 4, squares 4 + 0 + 4, variance 4; 4.3027 · 2 / √3.
    const found = spread([2, 4, 6]);
    expect(found).toMatchObject({ mean: 4, count: 3, deviation: 2 });
    expect(found?.halfWidth).toBeCloseTo(4.9683, 3);
  });

  test('of one value has no width; of none there is none', () => {
    expect(spread([3])).toEqual({ mean: 3, count: 1 });
    expect(spread([])).toBeUndefined();
  });
});

test('differences are paired by seed, whatever the order, and by none that one alone has', () => {
  const device = new Map([
    [1, 5],
    [2, 7],
    [3, 6.5],
    [9, 100],
  ]);
  const reference = new Map([
    [3, 6],
    [1, 4.8],
    [2, 6.7],
    [8, -100],
  ]);
  // 0.2, 0.3, 0.5: mean 1/3, deviation √(0.14/3/2 · …) = 0.152753, interval 4.3027 · 0.152753 / √3.
  const found = pairedDifference(device, reference);
  expect(found?.count).toBe(3);
  expect(found?.mean).toBeCloseTo(1 / 3, 12);
  expect(found?.deviation).toBeCloseTo(0.152753, 6);
  expect(found?.halfWidth).toBeCloseTo(0.37946, 4);
});

test('what two seeds share shows through what tells the seeds apart', () => {
  const found = pairedDifference(
    new Map([
      [1, 10],
      [2, 90],
    ]),
    new Map([
      [1, 9],
      [2, 89],
    ]),
  );
  expect(found).toMatchObject({ mean: 1, deviation: 0, halfWidth: 0 });
});

test('bounds and decibels', () => {
  expect(upperBound({ mean: 0.1, count: 3, halfWidth: 0.2 })).toBeCloseTo(0.3, 12);
  expect(upperBound({ mean: 0.1, count: 1 })).toBe(0.1);
  expect(signalToNoise(1000, 1)).toBeCloseTo(30, 12);
  expect(signalToNoise(1, 0)).toBe(Number.POSITIVE_INFINITY);
});
