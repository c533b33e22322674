import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readGridFile } from '#host/comparison/index';
import { readJson, readText, readToml } from '#host/files/text';
import { readPreset } from '#host/model/index';
import { temporaryFolder } from '../runs/small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  temporary = temporaryFolder();
  path = join(temporary.path, 'file.toml');
});
afterEach(() => temporary.remove());

/** As editors write a text; the last two are what Windows once called Unicode. */
const editors: readonly [string, (text: string) => Buffer][] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a mark', (text) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
  ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, big-endian', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
];

test.each(editors)('%s is read', (_, encode) => {
  writeFileSync(path, encode('ε = "½"\n'));
  expect(readText(path)).toBe('ε = "½"\n');
  writeFileSync(path, encode('{"ε": "½"}'));
  expect(readJson(path)).toEqual({ ε: '½' });
  writeFileSync(path, encode('preset = "½"\r\n'));
  expect(readToml(path)).toEqual({ preset: '½' });
  expect(readPreset(path).values).toEqual({ preset: '½' });
  expect(readGridFile(path)).toMatchObject({ preset: '½' });
});

test('what is wrong is told with its place', () => {
  expect(() => readToml(path, 'the preset', 'name one')).toThrow(
    expect.objectContaining({ message: `there is no file ${path}`, hint: 'name one' }),
  );
  writeFileSync(path, 'a = 1\nb = \n');
  expect(() => readToml(path, 'the preset')).toThrow(/^the preset, line 2: /);
  expect(() => readToml(temporary.path)).toThrow(`could not read ${temporary.path}: `);
});
