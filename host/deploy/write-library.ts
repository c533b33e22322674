/** Writes a library into a folder. */
import { basename, dirname, join, resolve } from 'node:path';
import { remove, removeEmpty, writeWhole } from '../files/index.js';
import type { ToolchainEvents } from '../firmware/index.js';
import { folderFiles } from './folder.js';
import { libraryOf } from './library.js';
import type { Deployed } from './network-c.js';

export interface WrittenLibrary {
  /** Without the folder. */
  readonly files: readonly string[];
  /** Bytes of RAM that the network takes. */
  readonly ram: number;
  /** Bytes of its parameters as constants. */
  readonly constants: number;
}

/**
 * Writes a network's library, its sources in `src`, into a folder, which is made if it is not there. Files of the same names
 * are replaced, each whole; what is for learning goes where this network does not learn.
 * @throws `UserError` where they cannot be written, or what turns the module into C cannot be fetched
 */
export async function writeLibrary(
  deployed: Deployed,
  folder: string,
  events: ToolchainEvents = {},
): Promise<WrittenLibrary> {
  const { files: library, absent, laidOut } = await libraryOf(deployed, events);
  const around = folderFiles(deployed, laidOut, basename(resolve(folder)));
  const sources = [...library].map(([name, text]): [string, string] => [`src/${name}`, text]);
  const files = [...sources, ...around.files];
  for (const [path, text] of files) writeWhole(folder, join(...path.split('/')), text);
  const unused = absent.map((name) => `src/${name}`);
  const gone = [...around.absent, ...unused].map((path) => join(folder, ...path.split('/')));
  for (const path of gone) remove(path);
  removeEmpty(gone.map((path) => dirname(path)));
  return {
    files: files.map(([path]) => join(...path.split('/'))),
    ram: laidOut.memory.length,
    constants: laidOut.parameters.length,
  };
}
