import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { whyUnwritten } from '../write-error.js';

/** `work` writes to `path`. @throws `UserError` where it cannot */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UserError(
      `could not write ${path}: ${whyUnwritten(error)}`,
      'choose another folder with --out, or make room',
      { cause: error },
    );
  }
}

/**
 * Writes a file whole or not at all, its folder too where that is missing. Returns its path.
 * @throws `UserError` where it cannot be written
 */
export function writeWhole(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  const fresh = `${path}.new`;
  return writing(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(fresh, content);
      renameSync(fresh, path);
    } catch (error) {
      // Gives the room back.
      rmSync(fresh, { force: true });
      throw error;
    }
    return path;
  });
}
