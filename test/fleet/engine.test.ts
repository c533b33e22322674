import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadEngine } from '#host/fleet/engine';
import { temporaryFolder } from '../runs/small-data.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('where they are not installed, both packages are named, and the command', async () => {
  const empty = temporaryFolder();
  const found = await loadEngine([join(empty.path, 'package.json')]).catch((error) => error);
  empty.remove();
  expect(found.message).toBe('a queue needs the packages bullmq and ioredis: bullmq is not installed');
  expect(found.hint).toMatch(/^install both: npm (ci --prefix \S+fleet|install bullmq ioredis)$/);
});

test('their versions that are tested are those that npm is told of, and nobody has to have them', () => {
  const read = (...names: readonly string[]) => JSON.parse(readFileSync(join(root, ...names), 'utf8'));
  const { peerDependencies, peerDependenciesMeta } = read('package.json');
  expect(peerDependencies).toEqual(read('fleet', 'package.json').dependencies);
  for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name].optional).toBe(true);
});
