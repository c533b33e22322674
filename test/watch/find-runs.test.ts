import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRuns } from '#host/watch/index';
import { temporaryFolder } from '../runs/small-data.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

function run(...names: readonly string[]): string {
  const path = join(folder.path, ...names);
  mkdirSync(path, { recursive: true });
  for (const name of ['config.json', 'metrics.jsonl']) writeFileSync(join(path, name), '');
  return path;
}
const names = (...folders: readonly string[]) => findRuns(folders).map(({ name }) => name);

test('a run is found by its own folder, and its name is that', () => {
  const path = run('demo');
  expect(findRuns([path])).toEqual([{ path, name: 'demo' }]);
});

test('those of a comparison are found as they come, and are gone with their folders', () => {
  const comparison = join(folder.path, 'comparison');
  mkdirSync(join(comparison, 'cells'), { recursive: true });
  expect(names(comparison)).toEqual([]);
  run('comparison', 'cells', '10');
  run('comparison', 'cells', '2');
  // The float64 reference's, which are no runs.
  rmSync(join(run('comparison', 'references', '1'), 'config.json'));
  expect(names(comparison)).toEqual(['cells/2', 'cells/10']);
  rmSync(join(comparison, 'cells', '2'), { recursive: true });
  expect(names(comparison)).toEqual(['cells/10']);
  rmSync(comparison, { recursive: true });
  expect(names(comparison)).toEqual([]);
});

test('none is left out, however many there are', () => {
  for (let cell = 1; cell <= 250; cell++) run('cells', String(cell));
  expect(names(folder.path)).toEqual(Array.from({ length: 250 }, (_, cell) => `cells/${cell + 1}`));
});

test('of several folders each has its name before the run’s', () => {
  const [one, other] = [run('one'), run('others', 'two')];
  expect(names(one, join(other, '..'))).toEqual(['one', 'others/two']);
});

test('folders of other programs are not looked into, nor what is far below', () => {
  run('node_modules', 'demo');
  run('.git', 'demo');
  run('a', 'b', 'c', 'd');
  run('a', 'b', 'c2');
  expect(names(folder.path)).toEqual(['a/b/c2']);
});
