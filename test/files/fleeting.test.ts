import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFleeting } from '#host/files/index';
import { temporaryFolder } from '../runs/small-data.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string) => join(folder.path, name);
const text = (name: string) => readFileSync(at(name), 'utf8');
const replace = (name: string) => replaceFleeting(at(name), Buffer.from('new'));

test('a file is replaced, and nothing else is left', () => {
  replace('seen');
  expect(text('seen')).toBe('new');
  writeFileSync(at('seen.new'), 'cut short');
  writeFileSync(at('seen'), 'old');
  replace('seen');
  expect(text('seen')).toBe('new');
  expect(readdirSync(folder.path)).toEqual(['seen']);
});

test.skipIf(process.platform === 'win32').each(['seen', 'seen.new'])(
  'where %s is a link, what it leads to stays',
  (link) => {
    writeFileSync(at('somebody’s'), 'own');
    symlinkSync('somebody’s', at(link));
    replace('seen');
    expect([text('seen'), text('somebody’s')]).toEqual(['new', 'own']);
    expect(readdirSync(folder.path).sort()).toEqual(['seen', 'somebody’s']);
  },
);

test.each(['seen', 'seen.new'])('nothing happens where %s is in the way', (name) => {
  mkdirSync(at(name));
  writeFileSync(join(at(name), 'file'), '');
  replace('seen');
  expect(readdirSync(folder.path)).toEqual([name]);
});
