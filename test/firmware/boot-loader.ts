/** A folder that behaves as a boot loader's volume does, each time that something has reached it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type * as fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BootVolume } from '#host/firmware/volume';

type Fs = typeof fs;

/** Called when a write has arrived, the `count`-th; it may throw, as the system does of a volume that is gone. */
export type OnArrival = (count: number) => void | Promise<void>;

const bootLoaders = new Map<string, OnArrival>();

/** Mounts a volume with the file that tells it. Returns its path. */
export function plugIn(
  mounts: string,
  { names: [name], file, says }: BootVolume,
  onArrival: OnArrival = () => undefined,
): string {
  const path = join(mounts, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, file), `UF2 Bootloader v3.0\r\n${says}\r\n`);
  bootLoaders.set(path, onArrival);
  return path;
}

export const unplug = (path: string) => rmSync(path, { recursive: true });

/** The system's error for a write to a volume that is not there any more. */
export const inputOutputError = () => Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });

/** For `vi.mock('node:fs/promises', …)`: a flush to a volume is what its boot loader sees. */
export function observed(real: Fs): Fs {
  return {
    ...real,
    open: async (path, ...rest) => {
      const file = await real.open(path, ...rest);
      const onArrival = bootLoaders.get(dirname(String(path)));
      if (!onArrival || !basename(String(path)).startsWith('firmware')) return file;
      const sync = file.sync.bind(file);
      let count = 0;
      file.sync = async () => {
        await sync();
        await onArrival(++count);
      };
      return file;
    },
  };
}
