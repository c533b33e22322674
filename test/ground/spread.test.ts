import { describe, expect, test } from 'vitest';
import { spread, studentFactor } from '#host/ground/index';

// NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2: columns 0.95, 0.975, 0.995, 0.999.
test.each([
  [1, 6.314, 12.706, 63.657, undefined],
  [2, 2.92, 4.303, 9.925, 22.327],
  [3, 2.353, 3.182, 5.841, 10.215],
  [5, 2.015, 2.571, 4.032, 5.893],
  [10, 1.812, 2.228, 3.169, 4.143],
  [11, 1.796, 2.201, 3.106, 4.024],
  [30, 1.697, 2.042, 2.75, 3.385],
  [100, 1.66, 1.984, 2.626, 3.174],
  [10_000, 1.645, 1.96, 2.576, 3.091],
])('Student’s t of %i degrees of freedom', (freedom, ...quantiles) => {
  const found = [0.9, 0.95, 0.99, 0.998].map((confidence) => studentFactor(confidence, freedom));
  quantiles.forEach((quantile, n) => {
    if (quantile !== undefined) expect(Math.abs(found[n] - quantile)).toBeLessThan(0.0011);
  });
});

test.each([0, 1.5, -1, Number.NaN])('there are no %d degrees of freedom', (freedom) => {
  expect(() => studentFactor(0.95, freedom)).toThrow(RangeError);
});

test.each([0, 1, -0.1, 95, Number.NaN])('there is no confidence of %d', (confidence) => {
  expect(() => studentFactor(confidence, 3)).toThrow(RangeError);
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
