/** Room for builds: caches and boards of one's own. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { type Board, boardsFolder, readBoard } from '#host/firmware/board';
import type { Firmware } from '#host/firmware/build';
import { cacheFolder } from '#host/firmware/cache';
import { obtainToolchain } from '#host/firmware/toolchain';
import { temporaryFolder } from '../runs/small-data.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;

interface BuildRoom {
  readonly folder: string;
  /** A board that comes along, copied, with some text replaced. */
  ownBoard(name: string, from: string, file: string, replace: (text: string) => string): Board;
  /** A cache for this test, with the tools alone; the compiler's own may be the user's, to be quick. */
  ownCache(name: string, also?: 'and what the compiler remembers'): string;
}

/** There while a file's tests run. */
export function roomForBuilds(): BuildRoom {
  const { path, remove } = temporaryFolder();
  let real: string;
  beforeAll(async () => {
    await obtainToolchain();
    real = cacheFolder();
  }, PATIENCE);
  afterEach(() => vi.unstubAllEnvs());
  afterAll(remove);
  return {
    folder: path,
    ownBoard: (name, from, file, replace) => {
      const copy = join(path, name);
      cpSync(join(boardsFolder, from), copy, { recursive: true });
      writeFileSync(join(copy, file), replace(readFileSync(join(copy, file), 'utf8')));
      return readBoard(copy);
    },
    ownCache: (name, also) => {
      const cache = join(path, name);
      mkdirSync(cache);
      const isShared = (entry: string) => entry.startsWith('toolchain') || (also && entry === 'zig');
      for (const entry of readdirSync(real).filter(isShared))
        symlinkSync(join(real, entry), join(cache, entry), 'dir');
      vi.stubEnv('EQPROP_CACHE', cache);
      return cache;
    },
  };
}

/** The bytes of all files of a build, by what they are. */
export const contents = (firmware: Firmware) =>
  Object.fromEntries(
    Object.entries(firmware).flatMap(([kind, path]) =>
      typeof path !== 'string' ? [] : [[kind, readFileSync(path).toString('latin1')]],
    ),
  );
