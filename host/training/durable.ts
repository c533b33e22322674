/** Writing that lasts: what returned from here survives the power going off. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { UserError } from '../errors.js';
import { remedyOf, whyUnwritten } from '../write-error.js';

/** Writes all of `bytes` from the file's position on, or from `position`. */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(file, bytes, at, undefined, position === undefined ? undefined : position + at);
}

/** Makes creating and renaming in a folder last; Windows cannot open directories and does without. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

export function saveFailed(path: string, error: unknown): UserError {
  return new UserError(
    `could not save ${path}: ${whyUnwritten(error)}`,
    `a checkpoint before it, if there is one, is untouched: ${remedyOf(error)}, then continue with --resume`,
    { cause: error },
  );
}
