/** Penalties against cases by hand. */
import { expect, test } from 'vitest';
import { pull, zeroShare } from '#host/reproduction/equilibrium-propagation/penalties';

test.each([
  // .4 · .5 = .2 of each weight.
  ['L2', [0.8, -0.8, 0.08, 0]],
  // .2 off every one, down to 0.
  ['L1', [0.8, -0.8, 0, 0]],
] as const)('one step down %s', (form, expected) => {
  const matrix = Float64Array.of(1, -1, 0.1, 0);
  pull(matrix, { form, strength: 0.5 }, 0.4);
  expect([...matrix]).toEqual(expected.map((weight) => expect.closeTo(weight, 12)));
});

test('weights that are 0 are counted, whatever their sign', () => {
  expect(zeroShare(Float64Array.of(0, -0, 1, 1e-300))).toBe(0.5);
});
