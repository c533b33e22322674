/** Weights that are counted against cases by hand. */
import { expect, test } from 'vitest';
import { zeroShare } from '#host/reproduction/equilibrium-propagation/penalties';

test('weights that are 0 are counted, whatever their sign and their format', () => {
  expect(zeroShare(Float64Array.of(0, -0, 1, 1e-300))).toBe(0.5);
  expect(zeroShare(Int16Array.of(0, 1, -1, 2))).toBe(0.25);
});
