import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeFolder, removeEmpty, requireFolder } from '#host/files/write-whole';
import { temporaryFolder } from '../runs/small-data.js';

/** Called once, with the folder that is about to be made, and with its path when it is asked whether it can be written to. */
const others = vi.hoisted(() => ({
  beforeMaking: undefined as ((path: string) => void) | undefined,
  beforeAccess: undefined as ((path: string) => void) | undefined,
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    mkdirSync: (path: string, options?: object) => {
      const act = others.beforeMaking;
      others.beforeMaking = undefined;
      act?.(path);
      return real.mkdirSync(path, options);
    },
    accessSync: (path: string, mode?: number) => {
      others.beforeAccess?.(path);
      real.accessSync(path, mode);
    },
  };
});

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => {
  others.beforeMaking = undefined;
  others.beforeAccess = undefined;
  temporary.remove();
});

test('a folder is made though another process takes away the one it is made in', () => {
  const room = join(temporary.path, 'runs');
  mkdirSync(room);
  others.beforeMaking = () => rmdirSync(room);
  expect(makeFolder(join(room, 'demo'))).toEqual([room, join(room, 'demo')]);
  expect(existsSync(join(room, 'demo'))).toBe(true);
});

test.skipIf(process.platform !== 'linux')('where there can be none, that is told in the end', () => {
  expect(() => makeFolder('/proc/eqprop/one')).toThrow('ENOENT');
});

test('of folders those go that nothing is in', () => {
  const [outer, inner] = [join(temporary.path, 'outer'), join(temporary.path, 'outer', 'inner')];
  const made = makeFolder(inner);
  writeFileSync(join(outer, 'file'), '');
  removeEmpty(made);
  expect(readdirSync(outer)).toEqual(['file']);
});

test('a folder that something is put into while it is looked at stays, and is as good', () => {
  const folder = join(temporary.path, 'one');
  others.beforeAccess = () => writeFileSync(join(folder, 'file'), '');
  requireFolder(folder);
  expect(readdirSync(folder)).toEqual(['file']);
});
