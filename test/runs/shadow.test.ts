/** The shadow beside the device: the same rule, in real numbers. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatsOf } from '#host/model/index';
import { loadRun } from '#host/records/index';
import { begin } from './runs.js';
import { smallRecipe, temporaryFolder, writeSmallData } from './small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path);
});
afterAll(() => temporary.remove());

test('device and shadow learn the same from a minibatch that decays strongly', async () => {
  const recipe = smallRecipe({
    'initial-scale': 1,
    'weight-decay': [0.5, 0.5],
    'decay-interval': 1,
    rates: [1, 0.5],
    epochs: 1,
    training: '0..16',
  });
  const folder = join(temporary.path, 'run');
  const { result } = await begin({ data: temporary.path, folder, recipe, shadow: true });
  expect(result.position.step).toBe(1);
  const { parameters, arrays } = loadRun(folder);
  const { weights, biases } = formatsOf(recipe);
  const worst = (values: Iterable<number>, fraction: number, name: string) =>
    Math.max(...Array.from(values, (value, i) => Math.abs(value / 2 ** fraction - arrays[name][i])));
  parameters.weights.forEach((matrix, k) => {
    // Drawing, decay and update round by a unit of the format each, at most; what is left are the states'.
    const { fraction } = weights[k];
    expect(worst(matrix, fraction, `shadow weights ${k}`)).toBeLessThan(2 ** (3 - fraction));
    expect(worst(parameters.biases[k], biases.fraction, `shadow biases ${k}`)).toBeLessThan(
      2 ** (3 - fraction),
    );
  });
});
