/** Noise by counter: nearly normal, and its own for each example, phase, iteration and unit. */
import { expect, test } from 'vitest';
import {
  checkRecipe,
  configureRequest,
  noiseKey,
  noiseOf,
  readPreset,
  roundedDynamics,
} from '#host/model/index';

const UNITS = 20_000;
const drawn = (key: number, iteration = 1) =>
  Array.from({ length: UNITS }, (_, unit) => noiseOf(key, iteration, unit));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const product = (a: readonly number[], b: readonly number[]) => mean(a.map((value, n) => value * b[n]));

test('its moments are a normal number’s, but for the fourth', () => {
  const values = drawn(noiseKey(1, 0, 0, 0));
  // Five standard errors of each mean.
  const near = 5 / Math.sqrt(UNITS);
  expect(Math.abs(mean(values))).toBeLessThan(near);
  expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(near * Math.sqrt(2));
  expect(Math.abs(mean(values.map((value) => value ** 3)))).toBeLessThan(near * Math.sqrt(15));
  // 32 random bits have a kurtosis of 3 − 2/32, what is added to them hardly changes it.
  expect(Math.abs(mean(values.map((value) => value ** 4)) - (3 - 1 / 16))).toBeLessThan(near * Math.sqrt(96));
});

test('what was drawn elsewhere is independent of it', () => {
  const values = drawn(noiseKey(1, 0, 0, 0));
  const others = [
    ...[noiseKey(2, 0, 0, 0), noiseKey(1, 1, 0, 0), noiseKey(1, 0, 1, 0), noiseKey(1, 0, 0, 1)].map((key) =>
      drawn(key),
    ),
    drawn(noiseKey(1, 0, 0, 0), 2),
    [...values.slice(1), values[0]],
  ];
  for (const other of others) expect(Math.abs(product(values, other))).toBeLessThan(5 / Math.sqrt(UNITS));
});

const recipeOf = (more: Readonly<Record<string, unknown>>) =>
  checkRecipe({ ...readPreset('paper-1').values, ...more }, 'here');

test('a temperature is a deviation of √(2εT) a step', () => {
  const hot = recipeOf({ noise: 'langevin', 'noise-level': 0.01, epsilon: 0.5 });
  expect(roundedDynamics(hot).noise?.deviation).toBeCloseTo(0.1, 4);
  expect(configureRequest(hot)).toMatchObject({ noise: Math.round((0.1 / 2.84312) * 2 ** 16), noiseForm: 0 });
  const leaky = recipeOf({ noise: 'leaky', 'noise-level': 0.1, 'noise-phases': 'same' });
  expect(roundedDynamics(leaky).noise).toMatchObject({ isLeaky: true, isShared: true });
  expect(configureRequest(leaky)).toMatchObject({ noise: configureRequest(hot).noise, noiseForm: 3 });
});

test.each([
  [
    { noise: 'leaky', 'noise-level': 0.1, relaxation: 'exact', nudging: 'positive' },
    'noise leaky with exact relaxation',
  ],
  [{ 'noise-level': 0.1 }, 'a noise-level of 0.1 without noise'],
  [{ 'noise-phases': 'same' }, 'noise-phases same without noise'],
])('refused: %j', (more, message) => {
  expect(() => recipeOf(more)).toThrow(message);
});

test.each([
  // 1/2¹⁶ of what is drawn, and all of it.
  ['leaky', 0, '0.000043 to 2.8'],
  ['leaky', 2e-5, '0.000043 to 2.8'],
  ['leaky', 3, '0.000043 to 2.8'],
  // Squares of these, over 2ε.
  ['langevin', 0, '0.0000000019 to 8.1'],
  ['langevin', 9, '0.0000000019 to 8.1'],
])('what no device draws is refused: %s of level %d', (noise, level, range) => {
  expect(() => recipeOf({ noise, 'noise-level': level, epsilon: 0.5 })).toThrow(
    expect.objectContaining({
      message: `here: noise ${noise} of noise-level ${level}`,
      hint: expect.stringContaining(`levels from about ${range}`),
    }),
  );
});
