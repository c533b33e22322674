import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendJsonLine, readJsonLines, writeJsonLines } from '#host/files/json-lines';
import { temporaryFolder } from '../runs/small-data.js';

const schema = v.object({ n: v.number() });
let temporary: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  temporary = temporaryFolder();
  path = join(temporary.path, 'log.jsonl');
});
afterEach(() => temporary.remove());

const read = () => [...readJsonLines(path, schema)];

/** Lines of all lengths up to three times what is read at once, with characters of four bytes. */
const values = Array.from({ length: 60 }, (_, n) => ({ n, text: '😀'.repeat(n ** 3 / 4) }));

test('values of any length come back as they were written', () => {
  writeJsonLines(path, values);
  expect(read()).toEqual(values);
  expect(readFileSync(path, 'utf8')).toBe(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  appendJsonLine(path, { n: -1 });
  expect(read().at(-1)).toEqual({ n: -1 });
});

test('a file is rewritten from itself', () => {
  writeJsonLines(path, values);
  function* some() {
    for (const value of readJsonLines(path, schema)) if (value.n % 2 === 0) yield value;
  }
  writeJsonLines(path, some());
  expect(read()).toEqual(values.filter(({ n }) => n % 2 === 0));
});

test('no file has no values, an empty one neither', () => {
  expect(read()).toEqual([]);
  writeFileSync(path, '');
  expect(read()).toEqual([]);
});

test('a last line that was cut short is left out, one before it is not', () => {
  writeFileSync(path, '\ufeff{"n":1}\r\n\n{"n":2}');
  expect(read()).toEqual([{ n: 1 }, { n: 2 }]);
  appendFileSync(path, '\n{"n":');
  expect(read()).toEqual([{ n: 1 }, { n: 2 }]);
  appendFileSync(path, '\n');
  expect(read).toThrow(`${path}, line 4: it is not what this program writes there`);
});

test('a line that spoils a rewriting leaves the file as it was, and is named', () => {
  const content = '{"n":1}\n{"m":1}\n{"n":2}\n';
  writeFileSync(path, content);
  expect(() => writeJsonLines(path, readJsonLines(path, schema))).toThrow(`${path}, line 2: `);
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('what cannot be read is told', () => {
  path = temporary.path;
  expect(read).toThrow(expect.objectContaining({ name: 'UserError', hint: 'restore it, or take it away' }));
});
