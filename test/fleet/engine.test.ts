import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadEngine } from '#host/fleet/engine';
import { temporaryFolder } from '../runs/small-data.js';

test('where they are not installed, both packages are named, and the command', async () => {
  const empty = temporaryFolder();
  const found = await loadEngine([join(empty.path, 'package.json')]).catch((error) => error);
  empty.remove();
  expect(found.message).toBe('a queue needs the packages bullmq and ioredis: bullmq is not installed');
  expect(found.hint).toMatch(/^install both: npm (ci --prefix \S+fleet|install bullmq ioredis)$/);
});
