/** Writes the header's account of a chain of layers. */

import { relaxationLines } from './c-relaxation.js';
import { integer, shifts } from './c-values.js';
import type { ExportedModel } from './model.js';

/** How a chain of layers computes. */
export function chainLines(model: ExportedModel, prefix: string): readonly string[] {
  return [
    'Layout',
    `  ${prefix}_weights_k joins layer k to layer k + 1, row-major: the weight between unit i of layer k and`,
    `  unit j of layer k + 1 stands at [i * size of layer k + 1 + j] and serves both directions.`,
    `  ${prefix}_biases_k are those of layer k. Layer 0 is the input and has none.`,
    '',
    'Drive of unit j in layer k: what arrives from below and from above',
    ...driveLines(model),
    '  The last layer has nothing above it. Only the final value must fit, the sum may wrap on its way: add as',
    `  u${integer(model.formats.drives.bits)}, or compile with -fwrapv, for C leaves signed overflow undefined.`,
    '',
    'Relaxation (exact sweeps): each layer in turn takes the states that minimise its energy',
    ...relaxationLines(
      model,
      '  2. For k = 1, 3, 5, ..., then k = 2, 4, 6, ... (up to LAST): compute all drives of layer k, then',
    ),
  ];
}

function driveLines(model: ExportedModel): readonly string[] {
  const { drives, biases } = model.formats;
  const drive = integer(drives.bits);
  const wider = drives.fraction - biases.fraction;
  const isEven = shifts(model).every((shift) => shift === 0);
  const rate = (layer: string, unit: string, connection: string) =>
    isEven ? `state_${layer}[${unit}]` : `(state_${layer}[${unit}] << SHIFT_${connection})`;
  return [
    `  ${drive} drive = ${wider > 0 ? `biases_k[j] * (${drive})${2 ** wider}` : 'biases_k[j]'};`,
    '  for each i in layer k - 1:',
    `    drive += (${drive})weights_{k-1}[i * size_k + j] * ${rate('{k-1}', 'i', '{k-1}')};`,
    '  for each m in layer k + 1:',
    `    drive += (${drive})weights_k[j * size_{k+1} + m] * ${rate('{k+1}', 'm', 'k')};`,
    ...(isEven ? [] : ['  SHIFT_k are the fractional bits that connection k has less than the finest.']),
  ];
}
