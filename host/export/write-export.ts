import { writeWhole } from '../files/index.js';
import type { Graph, Scaling } from '../model/index.js';
import { isConvolution } from './c-convolution.js';
import { toCHeader } from './c-header.js';
import { type ExportedModel, identifier } from './model.js';
import { toNpy } from './npy.js';

/**
 * Writes a network into a directory, which is made if it is not there: `<name>.h`, and `weights-0.npy` …,
 * `biases-1.npy` … with the integers as they are: pre × post, of a convolution side × side × channels × channels; and
 * `scaling.npy`, where features are scaled: fraction, offset, multiplier, shift, a row a feature or channel. Files of these names are replaced, each whole:
 * half a header may well compile.
 * @returns the names of the files, without the directory
 * @throws UserError if they cannot be written
 */
export async function writeExport(model: ExportedModel, directory: string): Promise<string[]> {
  const { weights, biases, scaling } = model;
  const files: [string, string | Uint8Array][] = [
    [`${identifier(model.name)}.h`, toCHeader(model)],
    ...weights.map((matrix, k): [string, Uint8Array] => [
      `weights-${k}.npy`,
      toNpy(matrix, shapeOf(model.graph, k)),
    ]),
    ...biases.map((vector, k): [string, Uint8Array] => [
      `biases-${k + 1}.npy`,
      toNpy(vector, [vector.length]),
    ]),
    ...(scaling ? [['scaling.npy', scalingNpy(scaling)] satisfies [string, Uint8Array]] : []),
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

function shapeOf({ layers, connections }: Graph, k: number): readonly number[] {
  const { pre, map, words } = connections[k];
  return isConvolution(connections[k])
    ? [words.side, words.side, layers[pre].shape.channels, map.columns]
    : [map.rows, map.columns];
}
