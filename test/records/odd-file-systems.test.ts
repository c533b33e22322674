/** Runs on file systems that cannot do everything, or not at once. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { syncDirectory, withLock } from '#host/files/index';
import { loadRun } from '#host/records/saved-run';
import { begin, expectResumed, goOn, type Recorded, roomForRuns } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';
import { refuseFolders, refuseRenames } from './crashing-fs.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const { crashing } = await import('./crashing-fs.js');
  return { ...real, ...crashing(real) };
});

const { data, fresh } = roomForRuns();
const recipe = smallRecipe({ epochs: 1, start: 'persistent' });
let whole: Recorded;
beforeAll(async () => {
  whole = await begin({ data, folder: fresh(), recipe });
});
afterEach(() => {
  refuseFolders('');
  refuseRenames('', 0);
});

/** A run that is interrupted in the middle, and where. */
async function interrupted(): Promise<string> {
  const folder = fresh();
  let trained = 0;
  const interruptAt = ({ phase }: { readonly phase: string }) => phase === 'training' && ++trained === 9;
  await begin({ data, folder, recipe, interruptAt });
  return folder;
}

test('nothing is said where all is as it should be', () => {
  expect(whole.start?.note).toBeUndefined();
});

describe.each(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'])('folders that are not flushed: %s', (code) => {
  test('are trained in, and it is told what that means', async () => {
    refuseFolders(code);
    const folder = await interrupted();
    const resumed = await goOn(folder);
    expect(resumed.start?.note).toContain(`the file system of ${folder} cannot make sure of renamed files`);
    expectResumed(resumed, whole);
  });
});

test('a disk that fails is no such file system', () => {
  refuseFolders('EIO');
  expect(() => syncDirectory(data)).toThrow('EIO');
});

describe.each(['EPERM', 'EACCES', 'EBUSY'])('a file that another program holds: %s', (code) => {
  test('is renamed when it is let go', async () => {
    const folder = await interrupted();
    refuseRenames(code, 3);
    expectResumed(await goOn(folder), whole);
  });

  test('for good: the run ends, says what to do, and goes on from where it was saved', async () => {
    const folder = await interrupted();
    const { position } = loadRun(folder).state;
    refuseRenames(code, Number.POSITIVE_INFINITY);
    await expect(goOn(folder)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        code === 'EBUSY' ? /could not .*: another program holds it$/ : /could not .*: it is not permitted$/,
      ),
      hint: expect.stringContaining('that no virus scanner or synchronisation holds its files'),
    });
    expect(loadRun(folder).state.position.step).toBe(position.step);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new') || name === 'lock')).toEqual([]);
    refuseRenames('', 0);
    expectResumed(await goOn(folder), whole);
  });
});

describe.each(['EPERM', 'EACCES', 'EBUSY'])('a lock that another program holds: %s', (code) => {
  test('is not waited for: others count on it that who takes one over does so at once', async () => {
    const folder = fresh();
    mkdirSync(folder);
    const left = JSON.stringify({ process: 999_999_999, computer: hostname() });
    writeFileSync(join(folder, 'lock'), left);
    refuseRenames(code, 1);
    const taken = withLock(folder, async () => 'had');
    await expect(taken).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`${folder} is in use`),
      hint: expect.stringContaining('try again'),
    });
    expect(readdirSync(folder)).toEqual(['lock']);
    expect(await withLock(folder, async () => 'had')).toBe('had');
  });
});

test('any other fault is not tried again', async () => {
  const folder = await interrupted();
  refuseRenames('EIO', 1);
  await expect(goOn(folder)).rejects.toThrow('EIO');
});
