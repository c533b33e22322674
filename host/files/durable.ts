/**
 * Writing that lasts: what returned from here survives the power going off, as far as the file system can do that. All
 * flushing and renaming goes through here, but for images that boards take.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes all of `bytes` from the file's position on, or from `position`. */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(file, bytes, at, undefined, position === undefined ? undefined : position + at);
}

/** Makes what was written to a file last. */
export function flush(file: number): void {
  fsyncSync(file);
}

/** @param how as `open` knows it: `w` replaces what a file holds, `a` appends to it */
export function writeFlushed(path: string, how: 'w' | 'a', parts: Iterable<string | Uint8Array>): void {
  const file = openSync(path, how);
  try {
    for (const part of parts) writeAll(file, typeof part === 'string' ? Buffer.from(part) : part);
    flush(file);
  } finally {
    closeSync(file);
  }
}

/** A file that is whole and flushed, or gone. */
export function writeFresh(path: string, parts: Iterable<string | Uint8Array>): void {
  try {
    writeFlushed(path, 'w', parts);
  } catch (error) {
    remove(path);
    throw error;
  }
}

/** Gives the room back, where that can be. */
export function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It failed of something before, and that is to be told.
  }
}

/** Answers of those that cannot flush folders: CIFS, folders shared with virtual machines, some behind FUSE. */
const NO_FLUSHING: ReadonlySet<string | undefined> = new Set([
  ...['EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'],
  // Some cannot even open one.
  ...['EISDIR', 'EACCES'],
]);

/**
 * Makes creating and renaming in a folder last. Windows cannot open folders, and does without.
 * @returns false where the file system cannot do it
 */
export function syncDirectory(path: string): boolean {
  if (process.platform === 'win32') return true;
  let directory: number | undefined;
  try {
    directory = openSync(path, 'r');
    fsyncSync(directory);
    return true;
  } catch (error) {
    if (!NO_FLUSHING.has((error as NodeJS.ErrnoException).code)) throw error;
    return false;
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

/** Answers while another program, a virus scanner most of all, looks at a file. */
const HELD: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** Milliseconds from one try to the next: two and a half seconds together. */
const PAUSES = [10, 20, 40, 80, 160, 320, 640, 1280];

/** Renames a file or a folder, in several tries where something holds it. */
export function rename(from: string, to: string): void {
  for (const pause of PAUSES) {
    if (renameAtOnce(from, to)) return;
    wait(pause);
  }
  renameSync(from, to);
}

/**
 * Renames in one try, for those whom others wait for.
 * @returns false where something holds it
 */
export function renameAtOnce(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (HELD.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

/** Nothing else may happen meanwhile: the file is about to have its name. */
function wait(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
