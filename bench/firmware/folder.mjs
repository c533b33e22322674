/** A folder for as long as it is used. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Resolves with what `use` of a new folder comes to; nothing is left of the folder. */
export async function inFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), 'eqprop-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
