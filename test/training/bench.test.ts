import { expect, test } from 'vitest';
import { layerSizes } from '#host/model/recipe';
import { configureRequest } from '#host/model/requests';
import { Bench } from '#host/training/bench';
import { simulated } from './runs.js';
import { smallRecipe } from './small-data.js';

test.each([1, 64, 400])('the twin has room for what fits a device of %i MiB', async (mebibytes) => {
  const arena = mebibytes * 2 ** 20;
  const bench = await Bench.open({ ...simulated, options: { ...simulated.options, arena } }, true);
  const recipe = smallRecipe();
  const reply = await bench.twin.request('configure', configureRequest(recipe));
  const denseForm = 4 * layerSizes(recipe.network).reduce((sum, size) => sum + size, 0);
  expect(bench.link.device.arena).toBe(arena);
  expect(reply.arena).toBeGreaterThan(arena + denseForm);
  await bench.close();
});
