import { accessSync, constants, existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { remove, rename, syncDirectory, writeFresh } from './durable.js';
import { writing } from './write-error.js';

/**
 * Makes a folder and those above it that are missing; returns those made, the outermost first. Node's own recursive
 * way never ends where a parent is there and takes no folders, as /proc.
 */
export function makeFolder(path: string): readonly string[] {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  return missing.filter((one) => {
    try {
      mkdirSync(one);
      return true;
    } catch (error) {
      // Another process was first.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/**
 * Leaves nothing behind.
 * @throws `UserError` where the folder cannot be made or written into
 */
export function requireFolder(path: string): void {
  writing(path, () => {
    const made = makeFolder(path);
    try {
      // Of a file it fails.
      accessSync(`${path}/.`, constants.W_OK);
    } finally {
      for (const one of made.toReversed()) rmdirSync(one);
    }
  });
}

/**
 * Writes a file whole or not at all, also where the power goes off, its folder too where that is missing. Returns its path.
 * @throws `UserError` where it cannot be written
 */
export function writeWhole(
  folder: string,
  name: string,
  content: string | Uint8Array | Iterable<string>,
): string {
  const path = join(folder, name);
  const fresh = `${path}.new`;
  const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  return writing(path, () => {
    makeFolder(dirname(path));
    writeFresh(fresh, parts);
    try {
      rename(fresh, path);
    } catch (error) {
      remove(fresh);
      throw error;
    }
    syncDirectory(dirname(path));
    return path;
  });
}
