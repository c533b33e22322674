/** Common ground of comparisons and reproductions: a plan in a folder, and what has become of its runs. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ComparisonFolder } from '#host/comparison/index';
import { planNetworks, ReproductionFolder } from '#host/reproduction/index';
import { smallPlan } from '../comparison/small-comparison.js';
import { begin, roomForRuns } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';

const { data, fresh } = roomForRuns();
const settings = { form: 'quick', relaxation: 'paper', seed: 1, images: 20 } as const;

function comparisonIn(path: string): ComparisonFolder {
  return ComparisonFolder.create(path, smallPlan(data, {}));
}

const kinds = [
  ['comparison', 'compare', 'compare.json', comparisonIn, (path: string) => ComparisonFolder.open(path)],
  [
    'reproduction',
    'reproduce',
    'reproduction.json',
    (path: string) => ReproductionFolder.create(path, settings, planNetworks(settings, [2], 3)),
    (path: string) => ReproductionFolder.open(path, [], undefined),
  ],
] as const;

test.each(kinds)('a %s is begun once, and opened as it was', (name, command, file, create, open) => {
  const path = fresh();
  expect(() => open(path)).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: `there is no ${name} in ${path}`,
      hint: `name a folder that eqprop ${command} has made`,
    }),
  );
  const made = create(path);
  made.begin();
  const { plan } = made;
  expect(JSON.parse(readFileSync(join(path, file), 'utf8'))).toEqual(plan);
  expect(open(path).plan).toEqual(plan);
  expect(() => create(path)).toThrow(
    expect.objectContaining({
      message: `${path} holds a ${name} already`,
      hint: `continue it with --resume ${path}, or name another folder with --out`,
    }),
  );
});

test.each(kinds)('a %s whose plan is damaged is refused', (name, _, file, create, open) => {
  const path = fresh();
  create(path).begin();
  const hint = `restore it, or begin a new ${name}`;
  const at = join(path, file);
  const whole = JSON.parse(readFileSync(at, 'utf8'));
  const refused = (content: string, message: RegExp) => {
    writeFileSync(at, content);
    expect(() => open(path)).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message), hint }),
    );
  };
  refused(JSON.stringify(whole).slice(0, 40), /cannot be read: /);
  refused('7', /: all of it: /);
  // Keys that have a default may be left out.
  for (const key of Object.keys(whole).filter((one) => one !== 'data' && one !== 'margin'))
    refused(JSON.stringify({ ...whole, [key]: undefined }), new RegExp(`${file}: ${key}`));
});

test('a place where none can be made is told before anything is written', () => {
  const file = fresh();
  writeFileSync(file, '');
  for (const [, , , create] of kinds)
    expect(() => create(join(file, 'below'))).toThrow(expect.objectContaining({ name: 'UserError' }));
  const path = fresh();
  comparisonIn(path);
  expect(existsSync(path)).toBe(false);
});

test('a run counts as finished where its result is whole; one of other epochs is none of the plan', async () => {
  const experiment = comparisonIn(fresh());
  const path = experiment.cell('one');
  const recipe = smallRecipe();
  expect([experiment.isFinished(path, recipe), experiment.resultOf(path, recipe)]).toEqual([
    false,
    undefined,
  ]);
  const { result } = await begin({ data, folder: path, recipe });
  expect(experiment.isFinished(path, recipe)).toBe(true);
  expect(experiment.resultOf(path, recipe)?.state.position.digest).toBe(result.position.digest);
  expect(() => experiment.resultOf(path, { epochs: 3 })).toThrow(
    `${path} is a run of 2 epochs now, the comparison has 3`,
  );
  // The one before it is whole, but of an earlier minibatch.
  rmSync(join(path, 'checkpoint.eqp'));
  mkdirSync(join(path, 'checkpoint.eqp'));
  expect([experiment.isFinished(path, recipe), experiment.resultOf(path, recipe)]).toEqual([true, undefined]);
});
