import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presetNames, readPreset } from '#host/model/presets';
import { temporaryFolder } from '../runs/small-data.js';

let folder: ReturnType<typeof temporaryFolder>;
const at = (name: string) => join(folder.path, name);

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

test('presets are listed and read by their names', () => {
  expect(presetNames()).toEqual([...presetNames()].sort());
  expect(presetNames()).toContain('demo');
  expect(readPreset('demo')).toMatchObject({ source: 'preset demo', values: { network: '784-500-10' } });
});

test('anybody’s own, by path', () => {
  writeFileSync(at('own.toml'), 'network = "4-2"\nrates = [0.1]\n');
  expect(readPreset(at('own.toml'))).toEqual({
    source: at('own.toml'),
    values: { network: '4-2', rates: [0.1] },
  });
});

test.each([
  ['dmeo', 'did you mean ', 'demo'],
  ['paper1', 'did you mean ', 'paper-1'],
  ['resnet-50', 'the presets are ', 'paper-1, '],
])('there is no %s', (name, hint, part) => {
  expect(() => readPreset(name)).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: `there is no preset '${name}'`,
      hint: expect.stringMatching(new RegExp(`^${hint}.*${part}`)),
    }),
  );
});

test('a file that is not there', () => {
  expect(() => readPreset(at('none.toml'))).toThrow(`there is no file ${at('none.toml')}`);
});

test('TOML that is none names the line', () => {
  writeFileSync(at('bad.toml'), 'network = "4-2"\nrates = [0.1\nbeta = = 2\n');
  expect(() => readPreset(at('bad.toml'))).toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(/bad\.toml, line \d: /) }),
  );
});

test('a folder of that name', () => {
  mkdirSync(at('folder.toml'));
  expect(() => readPreset(at('folder.toml'))).toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringContaining('could not read') }),
  );
});
