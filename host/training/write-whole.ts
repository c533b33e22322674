import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { whyUnwritten } from '../write-error.js';

/**
 * Writes a file whole or not at all, its folder too where that is missing. Returns its path.
 * @throws `UserError` where it cannot be written
 */
export function writeWhole(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new UserError(
      `could not write ${path}: ${whyUnwritten(error)}`,
      'choose another folder with --out, or make room',
      { cause: error },
    );
  }
  return path;
}
