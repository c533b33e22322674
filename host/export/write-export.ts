import { writeWhole } from '../files/index.js';
import type { Scaling } from '../model/index.js';
import { type ExportedModel, requireShapes, shapeOf } from './model.js';
import { toNpy } from './npy.js';
import { toNumbers } from './numbers.js';

/**
 * Writes a network into a directory, which is made if it is not there: `weights-0.npy` …, `biases-1.npy` … with the integers
 * as they are: pre × post, of a convolution side × side × channels × channels; `scaling.npy`, where features are scaled:
 * fraction, offset, multiplier, shift, a row a feature or channel; and `network.json`, which says what they mean and how the network
 * settles. Files of
 * these names are replaced, each whole.
 * @returns the names of the files, without the directory
 * @throws `UserError` if they cannot be written; RangeError where weights or biases do not fit the layers
 */
export async function writeExport(model: ExportedModel, directory: string): Promise<string[]> {
  requireShapes(model);
  const { weights, biases, graph, scaling } = model;
  const files: [string, string | Uint8Array][] = [
    ...weights.map((matrix, k): [string, Uint8Array] => [
      `weights-${k}.npy`,
      toNpy(matrix, shapeOf(graph, graph.connections[k])),
    ]),
    ...biases.map((vector, k): [string, Uint8Array] => [
      `biases-${k + 1}.npy`,
      toNpy(vector, [vector.length]),
    ]),
    ...(scaling ? [['scaling.npy', scalingNpy(scaling)] satisfies [string, Uint8Array]] : []),
    ['network.json', toNumbers(model)],
  ];
  for (const [name, content] of files) writeWhole(directory, name, content);
  return files.map(([name]) => name);
}

function scalingNpy({ steps }: Scaling): Uint8Array {
  const rows = steps.flatMap(({ fraction, offset, multiplier, shift }) => [
    fraction,
    offset,
    multiplier,
    shift,
  ]);
  return toNpy(Int32Array.from(rows), [steps.length, 4]);
}
