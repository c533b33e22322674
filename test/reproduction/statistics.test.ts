import { expect, test } from 'vitest';
import { cosine, relativeDistance, shownCosine } from '#host/reproduction/statistics';

const of = (...arrays: readonly (readonly number[])[]) => arrays.map((one) => Float64Array.from(one));

test('the cosine of two vectors in parts', () => {
  expect(cosine(of([3], [4]), of([4], [3]))).toBeCloseTo(24 / 25, 15);
  expect(cosine(of([1, 0], [0]), of([0, 2], [0]))).toBe(0);
  expect(cosine(of([1, 2], [3]), of([-2, -4], [-6]))).toBeCloseTo(-1, 15);
  expect(cosine(of([0]), of([1]))).toBeNaN();
});

test('the relative distance is of the second', () => {
  expect(relativeDistance(of([3], [0]), of([0], [4]))).toBeCloseTo(5 / 4, 15);
});

test.each([
  [1, '1.00000'],
  [0.999999, '0.99999'],
  [-0.1234567, '−0.12345'],
])('the cosine %s is shown as %s', (value, shown) => {
  expect(shownCosine(value)).toBe(shown);
});
