import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notSeen, SharedPath } from '#host/fleet/shared-path';
import { eqpropHere } from '../cli/in-process.js';
import { temporaryFolder } from '../runs/small-data.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

test('whoever comes first gives it an identity, and all others see that', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => SharedPath.open(folder.path)));
  expect(new Set(all.map(({ identity }) => identity)).size).toBe(1);
  expect(readdirSync(folder.path)).toEqual(['eqprop-shared.json']);
});

test('one that is being marked by somebody is waited for', async () => {
  const marker = join(folder.path, 'eqprop-shared.json');
  writeFileSync(marker, '{"identity": "');
  const opening = SharedPath.open(folder.path);
  const identity = '0f4e7cb6-9d0d-4a0b-8f9e-2f3c8f2d7a10';
  writeFileSync(marker, JSON.stringify({ identity }));
  expect((await opening).identity).toBe(identity);
});

test('what cannot be one is refused by name, and told what to do', async () => {
  const [nowhere, file] = [join(folder.path, 'nowhere'), join(folder.path, 'file')];
  writeFileSync(file, '');
  await expect(SharedPath.open(nowhere)).rejects.toMatchObject({
    message: `there is no shared path ${nowhere}`,
    hint: expect.stringContaining('mount it'),
  });
  await expect(SharedPath.open(file)).rejects.toThrow(`the shared path ${file} is no folder`);
});

test.skipIf(process.platform !== 'linux')('one that cannot be written to is refused by name', async () => {
  await expect(SharedPath.open('/proc/self')).rejects.toThrow('could not write /proc/self: ');
});

test('where another one is expected, none is made', async () => {
  const { identity } = await SharedPath.open(folder.path);
  const other = join(folder.path, 'unmounted');
  mkdirSync(other);
  await expect(SharedPath.open(other, identity)).rejects.toThrow(`what is at ${other} now is not`);
  expect(readdirSync(other)).toEqual([]);
  expect((await SharedPath.open(folder.path, identity)).identity).toBe(identity);
});

test('one that is mounted no more is known to be away', async () => {
  const shared = await SharedPath.open(folder.path);
  expect(shared.isThere()).toBe(true);
  rmSync(join(folder.path, 'eqprop-shared.json'));
  expect(shared.isThere()).toBe(false);
});

test('a worker says why it does not see a path', () => {
  expect(notSeen(undefined, undefined)).toBeUndefined();
  expect(notSeen(undefined, 'one')).toBeUndefined();
  expect(notSeen('one', 'one')).toBeUndefined();
  expect(notSeen('one', undefined)).toContain('below a shared path');
  expect(notSeen('one', 'other')).toContain('below another shared path');
});

test.each(['--shared=somewhere', '--no-shared'])('%s beside no queue is refused', async (flag) => {
  const { code, stderr } = await eqpropHere('compare', flag, '--out', join(folder.path, 'out'));
  expect([code, stderr]).toEqual([1, expect.stringMatching(/--(no-)?shared without --queue/)]);
  expect(readdirSync(folder.path)).toEqual([]);
});
