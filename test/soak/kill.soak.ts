/** Killed at any moment, again and again, a run ends as the one that nothing disturbed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKilled } from '../training/killed.js';
import { begin, expectSameRun } from '../training/runs.js';
import { smallRecipe, smallValues, temporaryFolder, writeSmallData } from '../training/small-data.js';

const KILLS = Number(process.env.EQPROP_KILLS ?? 50);
const SEED = Number(process.env.EQPROP_SEED ?? 1);
const COMPARE_EVERY = 10;
/** More than are trained in the time before a kill: the last one still meets a run that has not finished. */
const EPOCHS_A_KILL = 100;

const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  zero: { epochs: EPOCHS_A_KILL * KILLS },
  persistent: {
    epochs: EPOCHS_A_KILL * KILLS,
    start: 'persistent',
    nudging: 'random-sign',
    relaxation: 'euler',
    'free-iterations': 6,
    'nudged-iterations': 3,
    training: '0..250',
    validation: '250..300',
  },
};

let temporary: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path);
});
afterAll(() => temporary.remove());

test.each(Object.entries(variants))('start %s', async (name, changes) => {
  const data = temporary.path;
  const recipe = smallRecipe(changes);
  const whole = await begin({
    data,
    folder: join(data, `${name}-whole`),
    recipe,
    compareEvery: COMPARE_EVERY,
  });
  const preset = join(data, `${name}.toml`);
  writeFileSync(preset, stringify({ ...smallValues, ...changes }));
  const folder = join(data, name);
  const args = ['--preset', preset, '--data', data, '--compare-every', String(COMPARE_EVERY)];
  const { found, previous, late } = await runKilled(args, folder, KILLS, SEED, 4000);
  const reached = found.flatMap((step) => step ?? []);
  console.log(
    `start ${name}, seed ${SEED}: ${found.length} kills, ${found.length - reached.length} before the first checkpoint, ` +
      `${new Set(reached).size} different steps reached (${Math.max(0, ...reached)} of ${whole.result.position.step}), ` +
      `${previous} times from the previous checkpoint`,
  );
  expect(late).toBe(0);
  expectSameRun(folder, whole.result.folder.path);
});
