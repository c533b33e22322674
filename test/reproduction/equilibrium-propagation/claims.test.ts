/** Claims of runs that are made up, and of small networks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index';
import { measuredNetworks } from '#host/reproduction/equilibrium-propagation/claims/claims';
import { persistentStatesClaims } from '#host/reproduction/equilibrium-propagation/claims/persistent-states';
import { relativeUpdateClaim } from '#host/reproduction/equilibrium-propagation/claims/relative-updates';
import {
  initialSubject,
  type Variant,
  variantFolder,
  variants,
} from '#host/reproduction/equilibrium-propagation/claims/subjects';
import { ReproductionFolder } from '#host/reproduction/equilibrium-propagation/folder';
import { type NetworkNumber, networkNumbers } from '#host/reproduction/equilibrium-propagation/paper';
import { planNetworks } from '#host/reproduction/equilibrium-propagation/plan';
import { smallRecipe, temporaryFolder, writeSmallData } from '../../runs/small-data.js';

const place = temporaryFolder();
afterAll(() => place.remove());

function reproduction(name: string): ReproductionFolder {
  const settings = { form: 'quick', relaxation: 'paper', seed: 1, images: 20 } as const;
  const networks = planNetworks(settings, networkNumbers, 2);
  return ReproductionFolder.create(join(place.path, name), settings, networks);
}

/** A finished run of so many free iterations a sample in each epoch. */
function finish(
  folder: ReproductionFolder,
  number: NetworkNumber,
  variant: Variant,
  freeIterations: readonly number[],
): void {
  const path = variantFolder(folder, number, variant);
  const epochs = freeIterations.map((one, n) => ({
    kind: 'epoch',
    epoch: n + 1,
    step: n + 1,
    trainingError: 50,
    cost: 0.5,
    freeIterations: one,
    nudgedIterations: 1,
    unsettled: 0,
    products: 1,
    saturations: 0,
    digest: '0',
    checked: 0,
    seconds: 1,
  }));
  const final = { kind: 'final', step: epochs.length, evaluations: [], seconds: 1 };
  const lines = [...epochs, final].map((entry) => `${JSON.stringify(entry)}\n`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'metrics.jsonl'), lines.join(''));
}

test('every network whose runs have finished is judged, whichever was asked for last', () => {
  const folder = reproduction('finished');
  expect(measuredNetworks(folder)).toEqual([]);
  for (const variant of variants) finish(folder, 1, variant, [9, 8]);
  for (const variant of variants.slice(1)) finish(folder, 2, variant, [9, 8]);
  expect(measuredNetworks(folder)).toEqual([1]);
  finish(folder, 2, variants[0], [9, 8]);
  // Its pair by the paper's recipe is left out.
  for (const variant of ['euler', 'exact'] as const) finish(folder, 3, variant, [9, 8]);
  expect(measuredNetworks(folder)).toEqual([1, 2, 3]);
});

test('persistent states are judged from the second epoch on', () => {
  const folder = reproduction('persistent');
  for (const variant of ['persistent', 'zero'] as const) finish(folder, 1, variant, [90]);
  expect(persistentStatesClaims(folder, [1])).toEqual([]);
  finish(folder, 2, 'zero', [90, 80]);
  finish(folder, 2, 'persistent', [90, 20]);
  const claims = persistentStatesClaims(folder, [1, 2]);
  expect(claims).toMatchObject([
    {
      holds: true,
      verdict: expect.stringMatching(/: 20\.0 iterations in place of 80\.0 for 784-500-500-10\.$/),
    },
  ]);
  finish(folder, 2, 'persistent', [90, 85]);
  expect(persistentStatesClaims(folder, [2])).toMatchObject([{ holds: false }]);
});

test('relative updates are those of the run’s own schedule', async () => {
  writeSmallData(place.path);
  const dataset = await loadDataset(place.path);
  const updates = (schedule: string) => {
    const subject = initialSubject(1, smallRecipe({ schedule, epochs: 1 }));
    const [panel] = relativeUpdateClaim([subject], dataset).panels;
    if (!('curves' in panel)) throw new Error(`${panel.title} is no chart`);
    return panel.curves[0].points.map(([, update]) => Number(update));
  };
  const [constant, linear] = [updates('constant'), updates('linear')];
  expect(linear).toHaveLength(2);
  linear.forEach((update, k) => {
    // The first five of 19 minibatches are measured: the last of them at 1 − 4/19 of the rate.
    expect(update / constant[k]).toBeLessThan(1);
    expect(update / constant[k]).toBeGreaterThan(15 / 19);
  });
});
