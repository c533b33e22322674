/** Temporary folders. Their names tell which process made them: what one that was killed has left can go. */
import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityIn, identityText, isRunning, neighbourhood } from '../ground/index.js';

/** Begins the names of those whose makers can be seen from here: of another container's processes nothing is known. */
const ours = `eqprop-${neighbourhood()}-`;

/** A new folder, its path; whoever makes it removes it. */
export function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), `${ours}${identityText()}-`));
}

/** Resolves with what `use` of a new folder comes to; nothing is left of the folder. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes those whose process is no more. */
export async function removeAbandonedFolders(): Promise<void> {
  const folder = tmpdir();
  for (const name of await readdir(folder).catch(() => [])) {
    const maker = name.startsWith(ours) ? identityIn(name.slice(ours.length)) : undefined;
    if (maker === undefined || isRunning(maker)) continue;
    // One that a child of that process still saves in can wait for the next time.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
