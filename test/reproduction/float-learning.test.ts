/** Learning in float64, on a data set that is small enough to be learnt by heart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { ReferenceNetwork } from '#host/reference/network';
import { learnInFloat, testInFloat } from '#host/reproduction/float-learning';
import { floatRecipe } from '#host/reproduction/float-networks';
import { chain } from '../reference/networks.js';
import { temporaryFolder, writeSmallData } from '../runs/small-data.js';

const place = temporaryFolder();
let dataset: Dataset;
beforeAll(async () => {
  writeSmallData(place.path);
  dataset = await loadDataset(place.path);
});
afterAll(() => place.remove());

const still = { step: () => Promise.resolve() };

test('errors are counted before the updates, epoch by epoch', async () => {
  const recipe = floatRecipe('36-24-4', { training: '0..200', epochs: 4, rates: [0.2, 0.1] });
  const { network, trainingErrors } = await learnInFloat(recipe, dataset, still);
  expect(trainingErrors.length).toBe(4);
  expect(trainingErrors[3]).toBeLessThan(trainingErrors[0]);
  const { error, deadOutputs } = await testInFloat(network, recipe, dataset.test, still);
  expect(error).toBeLessThan(30);
  expect(deadOutputs).toBe(0);
});

test('it ends where the conditions say so', async () => {
  const stopped = { step: () => Promise.reject(new Error('enough')) };
  const recipe = floatRecipe('36-24-4');
  await expect(learnInFloat(recipe, dataset, stopped)).rejects.toThrow('enough');
});

test('what is told of a test is counted by hand', async () => {
  // Output 2 alone has a drive above 0, whatever the image: examples of label 2 are right.
  const graph = chain([36, 4]);
  const network = new ReferenceNetwork(graph, [new Float64Array(144)], [Float64Array.of(-1, -1, 0.5, 0)]);
  const images = new Uint8Array(36 * 150);
  const labels = Uint8Array.from({ length: 150 }, (_, n) => (n < 30 ? 2 : 1));
  const recipe = floatRecipe('36-4', { rates: [0.1] });
  expect(await testInFloat(network, recipe, { images, labels }, still)).toEqual({
    error: 80,
    deadOutputs: 3,
  });
});
