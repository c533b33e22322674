import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataFiles } from '#host/fleet/data-folder';
import { temporaryFolder } from '../runs/small-data.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

test('data are as large as a store takes them, to the byte', () => {
  const path = join(folder.path, 'large.npy');
  writeFileSync(path, '');
  // Nothing but its length.
  truncateSync(path, 300_000_000);
  expect(dataFiles(path, {}, Number.POSITIVE_INFINITY)).toEqual([{ name: 'data/large.npy', path }]);
  expect(dataFiles(path, {}, 300_000_000)).toHaveLength(1);
  expect(() => dataFiles(path, {}, 299_999_999)).toThrow(
    'has 300 MB, a Redis carries 299 MB of data at most',
  );
});
