/** Writes a library into a folder. */
import { join } from 'node:path';
import { writeWhole } from '../files/index.js';
import type { ToolchainEvents } from '../firmware/index.js';
import { type Library, libraryOf } from './library.js';
import type { Deployed } from './network-c.js';

/**
 * Writes a network's C library: `src` of a folder, which is made if it is not there. Files of the same names are replaced, each
 * whole.
 * @returns the files, without the folder
 * @throws `UserError` where they cannot be written, or what turns the module into C cannot be fetched
 */
export async function writeLibrary(
  deployed: Deployed,
  folder: string,
  events: ToolchainEvents = {},
): Promise<Omit<Library, 'files'> & { readonly files: readonly string[] }> {
  const { files, ...sizes } = await libraryOf(deployed, events);
  for (const [name, text] of files) writeWhole(join(folder, 'src'), name, text);
  return { ...sizes, files: [...files.keys()].map((name) => join('src', name)) };
}
