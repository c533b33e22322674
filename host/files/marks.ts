/** How a file stands, for whoever only looks on: one that is not there, or not to be seen, is no error. */
import { type BigIntStats, statSync } from 'node:fs';

/** Another one whenever a file is another; nothing where there is none. */
export function markOf(path: string): string | undefined {
  const found = statsOf(path);
  return found && `${found.ino}.${found.size}.${found.mtimeNs}`;
}

/** When a file was last written to, in milliseconds. */
export function timeOf(path: string): number | undefined {
  const found = statsOf(path);
  return found && Number(found.mtimeNs) / 1e6;
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}
