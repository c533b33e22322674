import { accessSync, constants, existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { remove, rename, syncDirectory, writeFresh } from './durable.js';
import { writing } from './write-error.js';

/** Tries to make a folder whose parent another process takes away meanwhile. */
const TRIES = 10;

/**
 * Makes a folder and those above it that are missing; returns those made, the outermost first. Node's own recursive
 * way never ends where a parent is there and takes no folders, as /proc.
 */
export function makeFolder(path: string): readonly string[] {
  const made = new Set<string>();
  for (let tries = 1; ; tries++) {
    try {
      for (const one of missingOf(path)) if (makeOne(one)) made.add(one);
      return [...made];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && tries < TRIES) continue;
      removeEmpty([...made]);
      throw error;
    }
  }
}

function missingOf(path: string): readonly string[] {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  return missing;
}

/** @returns false where another process was first */
function makeOne(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param folders the outermost first; those that something is in stay */
export function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // It is in use, or away.
    }
  }
}

/**
 * Leaves nothing behind.
 * @throws `UserError` where the folder cannot be made or written into
 */
export function requireFolder(path: string): void {
  writing(path, () => {
    const made = makeFolder(path);
    try {
      // Fails where `path` is a file.
      accessSync(`${path}/.`, constants.W_OK);
    } finally {
      removeEmpty(made);
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
