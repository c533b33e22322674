import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inTemporaryFolder, makeTemporaryFolder, removeAbandonedFolders } from '#host/files/index';
import { temporaryFolder } from '../runs/small-data.js';

const FILES = new URL('../../dist/host/files/index.js', import.meta.url).href;

let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
  vi.stubEnv(process.platform === 'win32' ? 'TEMP' : 'TMPDIR', place.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  place.remove();
});

/** A process with a folder that has something in it; it is there until it is killed. */
async function maker() {
  const script = `import { makeTemporaryFolder } from ${JSON.stringify(FILES)};
    console.log(makeTemporaryFolder());
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [bytes] = await once(child.stdout, 'data');
  const path = String(bytes).trimEnd();
  mkdirSync(join(path, 'inner'));
  writeFileSync(join(path, 'inner', 'file'), 'left');
  const kill = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { path, kill };
}

test('nothing is left of a folder, however its use ends', async () => {
  expect(await inTemporaryFolder(async (folder) => existsSync(folder))).toBe(true);
  await expect(inTemporaryFolder(() => Promise.reject(new Error('spoilt')))).rejects.toThrow('spoilt');
  expect(readdirSync(place.path)).toEqual([]);
});

test('a folder goes when its process is killed, and not before', async () => {
  const own = makeTemporaryFolder();
  const { path, kill } = await maker();
  await removeAbandonedFolders();
  expect(existsSync(join(path, 'inner', 'file'))).toBe(true);
  await kill();
  await removeAbandonedFolders();
  expect(readdirSync(place.path)).toEqual([basename(own)]);
});

test.skipIf(process.platform !== 'linux')('so does that of an earlier process with this number', async () => {
  const own = basename(makeTemporaryFolder());
  // Behind the computer and the container: number, start of the computer, start of the process.
  const [, before] = /^(.*_)\d+-/.exec(own) ?? [];
  mkdirSync(join(place.path, `${before}1-abcdef`));
  await removeAbandonedFolders();
  expect(readdirSync(place.path)).toEqual([own]);
});

test('others stay: of other computers, other containers, other programs', async () => {
  const { path, kill } = await maker();
  await kill();
  const gone = basename(path);
  const others = [
    gone.replace('eqprop-', 'eqprop-another.'),
    gone.replace(/-\d*-(?=\d+_)/, '-1-'),
    gone.replace('eqprop-', 'other-'),
    gone.replace(/\d+_.*/, 'notes'),
    'eqprop-abcdef',
  ];
  for (const name of others) mkdirSync(join(place.path, name));
  await removeAbandonedFolders();
  expect(readdirSync(place.path)).toEqual(others.sort());
});

test('a place that cannot be read is left alone', async () => {
  place.remove();
  await expect(removeAbandonedFolders()).resolves.toBeUndefined();
});
