/** Files for whoever looks on: whole, but no longer kept than they are of use, and never a reason for work to end. */
import { writeFileSync } from 'node:fs';
import { remove, renameAtOnce } from './durable.js';

/**
 * Replaces a file, whole; it need not survive the power going off. Where that cannot be, the file is as it was. A link is replaced
 * too, never what it leads to: whoever looks on may write to nothing else.
 */
export function replaceFleeting(path: string, content: Uint8Array): void {
  const fresh = `${path}.new`;
  remove(fresh);
  try {
    writeFileSync(fresh, content, { flag: 'wx' });
    if (renameAtOnce(fresh, path)) return;
  } catch {
    // Nothing is lost: the next one may be written again.
  }
  remove(fresh);
}
