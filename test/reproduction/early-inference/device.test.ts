/** Early updates and noise in a device's integers: they are those of float64 with the same roundings and draws. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { formatsOf, graphOf, roundedDynamics } from '#host/model/index';
import { loadResult } from '#host/records/index';
import { relaxMinibatch } from '#host/reference/index';
import { errorOnDevice } from '#host/reproduction/both-learning';
import { runOnDevice } from '#host/reproduction/device-run';
import { compare, followOnDevice } from '#host/reproduction/early-inference/device-updates';
import { testInFloat } from '#host/reproduction/float-learning';
import { floatRecipe } from '#host/reproduction/float-networks';
import { realParameters } from '#host/training/index';
import { referenceWith } from '#host/verification/index';
import { chained } from '../../reference/networks.js';
import { smallRecipe, TEST, temporaryFolder, writeSmallData } from '../../runs/small-data.js';
import { atRest } from '../conditions.js';

const place = temporaryFolder();
afterAll(() => place.remove());
let dataset: Dataset;
beforeAll(async () => {
  writeSmallData(place.path);
  dataset = await loadDataset(place.path);
});

const learnt = (name: string, changes: Readonly<Record<string, unknown>> = {}) => {
  const recipe = smallRecipe({ relaxation: 'euler', ...changes });
  const conditions = { ...atRest, data: place.path, folder: join(place.path, name) };
  return { recipe, conditions, learn: () => runOnDevice('run', recipe, conditions) };
};

test('states read back after each step are those of float64 with the same roundings', async () => {
  const { recipe, conditions, learn } = learnt('followed', {
    ...{ network: '36-12-8-4', rates: [0.2, 0.1, 0.1], nudging: 'positive', beta: 1 },
    ...{ minibatch: 3, training: '0..60', 'free-iterations': 500 },
  });
  const { parameters, state } = loadResult((await learn()).path);
  const digest = BigInt(`0x${state.position.digest}`);
  const chosen = [5, 0, 7];
  const followed = await followOnDevice({ recipe, parameters, digest }, dataset, chosen, 5, conditions);
  const network = referenceWith(recipe, realParameters(parameters, formatsOf(recipe), graphOf(recipe)));
  const compared = compare(network, recipe, dataset, chosen, followed);
  expect(compared).toMatchObject({ states: 6 * 3 * 24, equal: 6 * 3 * 24 });
  // Two hidden layers at five steps of three images.
  expect(compared.onDevice.length).toBe(2 * 5 * 3);
  expect(compared.onDevice.filter(({ below, step, moved }) => below === 0 && step === 1 && moved)).toEqual(
    [],
  );
  expect(compared.onDevice.some(({ below, step, moved }) => below === 1 && step === 3 && moved)).toBe(true);
});

test('one state that differs is counted, and sizes are what they are by hand', () => {
  // Input, hidden h = .3 + .5 y, outputs y = .1 + .5 h and one kept at 0: h = .35 / .75, y = .25 / .75.
  const network = chained(
    [1, 1, 2],
    [Float64Array.of(0), Float64Array.of(0.5, 0)],
    [Float64Array.of(0.3), Float64Array.of(0.1, -0.2)],
  );
  const recipe = floatRecipe('1-1-2', {
    ...{ relaxation: 'euler', epsilon: 0.5, nudging: 'positive', beta: 0.25, 'free-iterations': 100 },
  });
  const dark = { count: 1, images: Uint8Array.of(0), labels: Uint8Array.of(0) };
  const round = (state: number) => Math.round(state * 2 ** 14) / 2 ** 14;
  const after = (nudgedIterations: number) =>
    relaxMinibatch(network, { ...roundedDynamics(recipe), nudgedIterations }, dark, 'positive', round);
  const { free } = after(1);
  expect(free[0]).toBeCloseTo(0.35 / 0.75, 3);
  // ∂C/∂h = .5 (y − 1); a change of −β ε² times it after two steps is a factor of 1.
  const second = after(2).plus.slice();
  second[0] = free[0] - 0.25 * 0.25 * 0.5 * (free[1] - 1);
  const nudged = [after(1).plus, second];
  const { states, equal, onDevice } = compare(network, recipe, { ...dataset, test: dark, pixels: 1 }, [0], {
    free,
    nudged,
  });
  expect([states, equal]).toEqual([9, 8]);
  expect(onDevice.map(({ step, moved }) => [step, moved])).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(onDevice[1].factor).toBeCloseTo(1, 9);
});

test.each([
  ['langevin', 0.01],
  ['leaky', 0.2],
] as const)('a device learns and classifies through %s noise nearly as float64', async (noise, level) => {
  const { recipe, conditions, learn } = learnt(noise, {
    ...{ noise, 'noise-level': level, 'noise-phases': 'same', minibatch: 50, rates: [0.4, 0.2], epochs: 8 },
  });
  const run = await learn();
  const result = loadResult(run.path);
  const testError = run.test.error;
  // The run has tested itself: with the same noise the same predictions.
  expect(await errorOnDevice(recipe, result, dataset, TEST, conditions)).toBe(testError);
  const network = referenceWith(
    recipe,
    realParameters(result.parameters, formatsOf(recipe), graphOf(recipe)),
  );
  const float = await testInFloat(network, recipe, dataset.test, conditions);
  expect(Math.abs(float.error - testError)).toBeLessThanOrEqual(6);
  expect(testError).toBeLessThan(40);
});
