import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceRunFiles } from '#host/records/index';
import { temporaryFolder } from '../runs/small-data.js';

let room: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  room = temporaryFolder();
});
afterEach(() => room.remove());

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(room.path, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

const contents = (path: string) =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));

const came = { 'checkpoint.eqp': 'new', 'config.json': 'new', 'metrics.jsonl': 'new', 'report.html': 'new' };

test('what a run has saved elsewhere comes into a folder that there was none of', () => {
  const path = join(room.path, 'cells', 'one');
  const from = folder('from', came);
  replaceRunFiles(from, path);
  expect(contents(path)).toEqual(came);
  expect(existsSync(from)).toBe(false);
});

test('it takes the place of what was there; locks, and who looks on, stay', () => {
  const others = { lock: 'held', watched: '' };
  const old = { 'checkpoint.eqp': 'old', 'checkpoint.previous.eqp': 'older', 'metrics.jsonl': 'old' };
  const path = folder('one', { ...others, ...old });
  replaceRunFiles(folder('from', came), path);
  expect(contents(path)).toEqual({ ...others, ...came });
});

test('cut short, it leaves nothing older than the checkpoint', () => {
  const path = folder('one', { 'checkpoint.eqp': 'old', 'config.json': 'old' });
  // A folder stands where a file is to be.
  mkdirSync(join(path, 'metrics.jsonl', 'in-the-way'), { recursive: true });
  expect(() => replaceRunFiles(folder('from', came), path)).toThrow();
  expect(readFileSync(join(path, 'checkpoint.eqp'), 'utf8')).toBe('old');
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toBe('new');
});
