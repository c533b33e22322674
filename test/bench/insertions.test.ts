import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { insertInto, insertions } from '../../bench/host/roofline/insertions.js';

test.each([...new Set(insertions.map(({ file }) => file))])('the counting build fits %s', (file) => {
  const source = readFileSync(new URL(`../../assembly/${file}`, import.meta.url), 'utf8');
  expect(insertInto(file, source)).toMatch(/noteProducts\(|count\w+\(|enter\w*\(/);
});

test('a line that is not there is told', () => {
  expect(() => insertInto('arithmetic/work.ts', '')).toThrow('the kernel has changed');
});
