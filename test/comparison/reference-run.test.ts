import { linkSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReference, trainReference } from '#host/comparison/reference-run';
import { loadDataset } from '#host/data/index';
import { smallRecipe, temporaryFolder, writeSmallData } from '../runs/small-data.js';

const place = temporaryFolder();
beforeAll(() => writeSmallData(place.path));
afterAll(() => place.remove());

test('taken up, its metrics are replaced whole: a file in place would be empty if that were cut short', async () => {
  const dataset = await loadDataset(place.path);
  const folder = join(place.path, 'reference');
  const interruption = new AbortController();
  const recipe = smallRecipe();
  await trainReference(folder, recipe, dataset, () => interruption.abort(), interruption.signal);
  expect(readReference(folder).map(({ kind }) => kind)).toEqual(['epoch']);
  // Another name for the file as it is: what writes over it shows there, what replaces it does not.
  const old = join(place.path, 'old.jsonl');
  linkSync(join(folder, 'metrics.jsonl'), old);
  const before = readFileSync(old, 'utf8');
  const never = new AbortController().signal;
  expect(await trainReference(folder, recipe, dataset, () => undefined, never)).toBe(true);
  expect(readFileSync(old, 'utf8')).toBe(before);
  expect(readReference(folder).map(({ kind }) => kind)).toEqual(['epoch', 'epoch', 'final']);
});
