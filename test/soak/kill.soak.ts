/** Killed at any moment, again and again, a run ends as the one that nothing disturbed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, test } from 'vitest';
import { runKilled } from '../runs/killed.js';
import { begin, expectSameRun } from '../runs/runs.js';
import { smallRecipe, smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';

const KILLS = Number(process.env.EQPROP_KILLS ?? 50);
const SEED = Number(process.env.EQPROP_SEED ?? 1);
const COMPARE_EVERY = 10;
/** Some ten seconds: a run meets a few kills before it has finished. */
const EPOCHS = 1000;

const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  zero: { epochs: EPOCHS },
  persistent: {
    epochs: EPOCHS,
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
  const args = ['--preset', preset, '--data', data, '--compare-every', String(COMPARE_EVERY)];
  const { folders, found, previous } = await runKilled(args, join(data, name), KILLS, SEED, 4000);
  const reached = found.flatMap((step) => step ?? []);
  console.log(
    `start ${name}, seed ${SEED}: ${found.length} kills of ${folders.length} runs, ` +
      `${found.length - reached.length} before the first checkpoint, ` +
      `${new Set(reached).size} different steps reached (${Math.max(0, ...reached)} of ${whole.result.position.step}), ` +
      `${previous} times from the previous checkpoint`,
  );
  for (const folder of folders) expectSameRun(folder, whole.result.folder.path);
});
