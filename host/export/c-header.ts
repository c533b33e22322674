import type { WeightArray } from '../model/network-parameters.js';
import { type ExportedModel, identifier, requireShapes } from './model.js';

const LINE = 100;
const INDENT = '  ';

/**
 * A C99 header with the weights, biases and formats of a network as constants. Names begin with the model's name
 * made a C identifier. Throws RangeError if weights or biases do not fit the layers.
 */
export function toCHeader(model: ExportedModel): string {
  requireShapes(model);
  const { layers, formats, weights, biases } = model;
  const prefix = identifier(model.name);
  const macro = prefix.toUpperCase();
  const parts = [
    explanation(model, prefix),
    `#ifndef ${macro}_H\n#define ${macro}_H\n\n#include <stdint.h>`,
    constants(model, macro),
    ...layers
      .slice(1)
      .flatMap((size, k) => [
        array(integer(formats.storage), `${prefix}_weights_${k}[${layers[k]} * ${size}]`, weights[k]),
        array(integer(formats.biases.bits), `${prefix}_biases_${k + 1}[${size}]`, biases[k]),
      ]),
    `#endif /* ${macro}_H */`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function integer(bits: number): string {
  return `int${bits}_t`;
}

/** By how much connection k's products lack the drives' fractional bits. */
function shifts({ formats: { weights, states, drives } }: ExportedModel): readonly number[] {
  return weights.map(({ fraction }) => drives.fraction - states.fraction - fraction);
}

function constants(model: ExportedModel, macro: string): string {
  const { layers, formats, step } = model;
  const { weights, states, drives, biases } = formats;
  const values: [string, number | string][] = [
    ['LAYERS', layers.length],
    ['CONNECTIONS', layers.length - 1],
    ...layers.map((size, k): [string, number] => [`SIZE_${k}`, size]),
    ...weights.map(({ fraction }, k): [string, number] => [`WEIGHT_FRACTION_${k}`, fraction]),
    ...shifts(model).map((shift, k): [string, number] => [`SHIFT_${k}`, shift]),
    ['STATE_FRACTION', states.fraction],
    ['DRIVE_FRACTION', drives.fraction],
    ['BIAS_FRACTION', biases.fraction],
    ['STEP', `${step}u`],
  ];
  const width = Math.max(...values.map(([name]) => name.length));
  return values.map(([name, value]) => `#define ${macro}_${name.padEnd(width)} ${value}`).join('\n');
}

function array(type: string, declarator: string, values: WeightArray): string {
  const lines: string[] = [];
  let line = INDENT;
  for (const value of values) {
    const word = `${value},`;
    if (line.length + word.length + 1 > LINE) {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return `static const ${type} ${declarator} = {\n${[...lines, line].join('\n')}\n};`;
}

function explanation(model: ExportedModel, prefix: string): string {
  const { layers, digest, step } = model;
  const lines = [
    `${layers.join('-')}, trained by equilibrium propagation: step ${step},`,
    `digest 0x${BigInt.asUintN(64, digest).toString(16).padStart(16, '0')}.`,
    '',
    "Formats (fixed point, two's complement)",
    ...formatLines(model, prefix),
    '',
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
    ...relaxationLines(model),
  ];
  return `/*\n${lines.map((text) => (text ? ` * ${text}` : ' *')).join('\n')}\n */`;
}

function formatLines({ formats }: ExportedModel, prefix: string): readonly string[] {
  const { storage, weights, states, drives, biases } = formats;
  return [
    `  state   ${integer(states.bits)}, ${states.fraction} fractional bits; 0 to ${2 ** states.fraction}, which is 1.0`,
    ...weights.map(
      ({ fraction }, k) =>
        `  weight  ${integer(storage)}, of ${prefix}_weights_${k}: ${fraction} fractional bits, value / ${2 ** fraction}`,
    ),
    `  drive   ${integer(drives.bits)}, ${drives.fraction} fractional bits: the finest weight times a state`,
    `  bias    ${integer(biases.bits)}, ${biases.fraction} fractional bits`,
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

function relaxationLines({ layers, formats: { states, drives } }: ExportedModel): readonly string[] {
  const last = layers.length - 1;
  const spare = drives.fraction - states.fraction;
  const round = spare > 0 ? `(drive + ${2 ** (spare - 1)}) >> ${spare}` : 'drive';
  return [
    `  1. Input: a pixel of 0 to 255 becomes the state pixel << ${states.fraction - 8}. All other states start at 0.`,
    `  2. For k = 1, 3, 5, ..., then k = 2, 4, 6, ... (up to ${last}): compute all drives of layer k, then`,
    `       state = ${round}, clipped to 0 ... ${2 ** states.fraction}`,
    '     with an arithmetic shift.',
    '  3. Repeat step 2 until a whole sweep changes nothing: that is the exact fixed point.',
    `  The answer is the unit of layer ${last} with the largest state, the first of equals.`,
  ];
}
