import { writeWhole } from '../files/index.js';
import { toCHeader } from './c-header.js';
import { type ExportedModel, identifier } from './model.js';
import { toNpy } from './npy.js';

/**
 * Writes a network into a directory, which is made if it is not there: `<name>.h`, and `weights-0.npy` …,
 * `biases-1.npy` … with the integers as they are. Files of these names are replaced, each whole:
 * half a header may well compile.
 * @returns the names of the files, without the directory
 * @throws UserError if they cannot be written
 */
export async function writeExport(model: ExportedModel, directory: string): Promise<string[]> {
  const { weights, biases } = model;
  const { connections } = model.graph;
  const files: [string, string | Uint8Array][] = [
    [`${identifier(model.name)}.h`, toCHeader(model)],
    ...weights.map((matrix, k): [string, Uint8Array] => [
      `weights-${k}.npy`,
      toNpy(matrix, [connections[k].map.rows, connections[k].map.columns]),
    ]),
    ...biases.map((vector, k): [string, Uint8Array] => [
      `biases-${k + 1}.npy`,
      toNpy(vector, [vector.length]),
    ]),
  ];
  for (const [name, content] of files) writeWhole(directory, name, content);
  return files.map(([name]) => name);
}
