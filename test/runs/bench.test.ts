import { expect, test } from 'vitest';
import { configureRequest, graphOf } from '#host/model/index';
import { openBench } from '#host/runs/open-bench';
import { Lockstep } from '#host/verification/index';
import { simulated } from './runs.js';
import { smallRecipe } from './small-data.js';

test.each([1, 64, 400])('the twin has room for what fits a device of %i MiB', async (mebibytes) => {
  const arena = mebibytes * 2 ** 20;
  const recipe = smallRecipe();
  const bench = await openBench({ ...simulated, options: { ...simulated.options, arena } }, recipe, {
    dense: true,
  });
  if (!(bench.endpoint instanceof Lockstep)) throw new Error('there is no twin');
  const reply = await bench.endpoint.twin.request('configure', configureRequest(recipe));
  const denseForm = 4 * graphOf(recipe).layers.reduce((sum, { units }) => sum + units, 0);
  expect(bench.link.device.arena).toBe(arena);
  expect(reply.arena).toBeGreaterThan(arena + denseForm);
  await bench.close();
});
