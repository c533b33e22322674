/** Files for whoever looks on: whole, but no longer kept than they are of use, and never a reason for work to end. */
import { writeFileSync } from 'node:fs';
import { remove, renameAtOnce } from './durable.js';

/**
 * Replaces a file, whole; it need not survive the power going off.
 * @returns false where that cannot be: the file is then as it was
 */
export function replaceFleeting(path: string, content: Uint8Array): boolean {
  const fresh = `${path}.new`;
  try {
    writeFileSync(fresh, content);
    if (renameAtOnce(fresh, path)) return true;
  } catch {
    // Nothing is lost: the next one may be written again.
  }
  remove(fresh);
  return false;
}
