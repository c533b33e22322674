import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { makeFolder } from '../training/write-whole.js';
import { whyUnwritten } from '../write-error.js';
import { toCHeader } from './c-header.js';
import { type ExportedModel, identifier } from './model.js';
import { toNpy } from './npy.js';

/**
 * Writes a network into a directory, which is made if it is not there: `<name>.h`, and `weights-0.npy` …,
 * `biases-1.npy` … with the integers as they are. Files of these names are replaced.
 * @returns the names of the files, without the directory
 * @throws UserError if they cannot be written
 */
export async function writeExport(model: ExportedModel, directory: string): Promise<string[]> {
  const { layers, weights, biases } = model;
  const files: [string, string | Uint8Array][] = [
    [`${identifier(model.name)}.h`, toCHeader(model)],
    ...weights.map((matrix, k): [string, Uint8Array] => [
      `weights-${k}.npy`,
      toNpy(matrix, [layers[k], layers[k + 1]]),
    ]),
    ...biases.map((vector, k): [string, Uint8Array] => [
      `biases-${k + 1}.npy`,
      toNpy(vector, [layers[k + 1]]),
    ]),
  ];
  try {
    makeFolder(directory);
    for (const [name, content] of files) await replace(join(directory, name), content);
  } catch (cause) {
    throw new UserError(
      `the network could not be written to ${directory}: ${whyUnwritten(cause)}`,
      'Name a directory that may be written to and has room.',
      { cause },
    );
  }
  return files.map(([name]) => name);
}

/** Whole or not at all: half a header may well compile. */
async function replace(path: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${path}.new`;
  try {
    await writeFile(fresh, content);
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw cause;
  }
}
