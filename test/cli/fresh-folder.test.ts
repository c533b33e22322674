import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freshFolder, titleOf } from '#host/cli/fresh-folder';
import { temporaryFolder } from '../runs/small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let room: string;
beforeEach(() => {
  temporary = temporaryFolder();
  room = join(temporary.path, 'runs');
});
afterEach(() => {
  vi.useRealTimers();
  temporary.remove();
});

test('what begins in the same second has folders of its own', () => {
  vi.useFakeTimers({ now: new Date(2024, 4, 1, 12, 30, 59), toFake: ['Date'] });
  const names = ['2024-05-01-123059', '2024-05-01-123059-2', '2024-05-01-123059-3'];
  for (const name of names) expect(freshFolder(room, 'demo')).toBe(join(room, `demo-${name}`));
  for (const name of names) expect(freshFolder(room)).toBe(join(room, name));
});

test('processes that begin at once share none, and those that put nothing into theirs leave none', async () => {
  const module = import.meta.resolve('#host/cli/fresh-folder');
  // None ends before all have a folder.
  const script = `
    const { freshFolder } = await import(${JSON.stringify(module)});
    process.stdin.on('end', () => process.exit(130)).resume();
    console.log(freshFolder(${JSON.stringify(room)}, 'demo'));`;
  const makers = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script]),
  );
  const ended = makers.map((maker) => once(maker, 'close'));
  const told = await Promise.all(makers.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
  expect(new Set(told).size).toBe(3);
  expect(readdirSync(room)).toHaveLength(3);
  for (const { stdin } of makers) stdin.end();
  await Promise.all(ended);
  expect(existsSync(room)).toBe(false);
});

test.each([
  ['demo', 'demo'],
  ['paper-1', 'paper-1'],
  ['small.toml', 'small'],
  ['../small.toml', 'small'],
  ['/home/me/my presets/best of all.toml', 'best-of-all'],
  ['--odd--.toml', 'odd'],
  ['./größer.toml', 'größer'],
  ['..toml', 'run'],
])('a preset %j makes a folder of %j', (preset, title) => {
  expect(titleOf(preset)).toBe(title);
});
