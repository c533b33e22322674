/** The guide has the tables of what was recorded. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test('docs/deploying.md shows the recorded tables of adapting', () => {
  const words = [path('bench/adapting/run.mjs'), '--from', path('bench/adapting/recorded.json')];
  const tables = execFileSync(process.execPath, words, { encoding: 'utf8' }).trim().split('\n\n');
  expect(tables).toHaveLength(2);
  const guide = readFileSync(path('docs/deploying.md'), 'utf8');
  for (const table of tables) expect(guide).toContain(table);
});
