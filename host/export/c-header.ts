import { type ExportedModel, identifier, requireShapes } from './model.js';

const LINE = 100;
const INDENT = '  ';

/**
 * A C99 header with the weights, biases and formats of a network as constants. Names begin with the model's name
 * made a C identifier. Throws RangeError if weights or biases do not fit the layers.
 */
export function toCHeader(model: ExportedModel): string {
  requireShapes(model);
  const { layers, weights, biases } = model;
  const prefix = identifier(model.name);
  const macro = prefix.toUpperCase();
  const parts = [
    explanation(model, prefix),
    `#ifndef ${macro}_H\n#define ${macro}_H\n\n#include <stdint.h>`,
    constants(model, macro),
    ...layers
      .slice(1)
      .flatMap((size, k) => [
        array('int16_t', `${prefix}_weights_${k}[${layers[k]} * ${size}]`, weights[k]),
        array('int32_t', `${prefix}_biases_${k + 1}[${size}]`, biases[k]),
      ]),
    `#endif /* ${macro}_H */`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function constants({ layers, weightFraction, stateFraction, step }: ExportedModel, macro: string): string {
  const values: [string, number | string][] = [
    ['LAYERS', layers.length],
    ['CONNECTIONS', layers.length - 1],
    ...layers.map((size, k): [string, number] => [`SIZE_${k}`, size]),
    ['WEIGHT_FRACTION', weightFraction],
    ['STATE_FRACTION', stateFraction],
    ['DRIVE_FRACTION', weightFraction + stateFraction],
    ['STEP', `${step}u`],
  ];
  const width = Math.max(...values.map(([name]) => name.length));
  return values.map(([name, value]) => `#define ${macro}_${name.padEnd(width)} ${value}`).join('\n');
}

function array(type: string, declarator: string, values: Int16Array | Int32Array): string {
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
  const { layers, weightFraction: w, stateFraction: s, digest, step } = model;
  const last = layers.length - 1;
  const one = 2 ** s;
  const input = s >= 8 ? `pixel << ${s - 8}` : `pixel >> ${8 - s}`;
  const round = w > 0 ? `(drive + ${2 ** (w - 1)}) >> ${w}` : 'drive';
  const lines = [
    `${layers.join('-')}, trained by equilibrium propagation: step ${step},`,
    `digest 0x${BigInt.asUintN(64, digest).toString(16).padStart(16, '0')}.`,
    '',
    "Formats (fixed point, two's complement)",
    `  state   int16_t, ${s} fractional bits; 0 to ${one}, which is 1.0`,
    `  weight  int16_t, ${w} fractional bits: value / ${2 ** w}`,
    `  drive   int32_t, ${w + s} fractional bits: a weight times a state; biases have this format too`,
    '',
    'Layout',
    `  ${prefix}_weights_k joins layer k to layer k + 1, row-major: the weight between unit i of layer k and`,
    `  unit j of layer k + 1 stands at [i * size of layer k + 1 + j] and serves both directions.`,
    `  ${prefix}_biases_k are those of layer k. Layer 0 is the input and has none.`,
    '',
    'Drive of unit j in layer k: what arrives from below and from above',
    `  int32_t drive = biases_k[j];`,
    `  for each i in layer k - 1: drive += (int32_t)weights_{k-1}[i * size_k + j] * state_{k-1}[i];`,
    `  for each m in layer k + 1: drive += (int32_t)weights_k[j * size_{k+1} + m] * state_{k+1}[m];`,
    '  The last layer has nothing above it. Only the final value must fit, the sum may wrap on its way: add as',
    '  uint32_t, or compile with -fwrapv, for C leaves signed overflow undefined.',
    '',
    'Relaxation (exact sweeps): each layer in turn takes the states that minimise its energy',
    `  1. Input: a pixel of 0 to 255 becomes the state ${input}. All other states start at 0.`,
    `  2. For k = 1, 3, 5, ..., then k = 2, 4, 6, ... (up to ${last}): compute all drives of layer k, then`,
    `       state = ${round}, clipped to 0 ... ${one}`,
    '     with an arithmetic shift.',
    '  3. Repeat step 2 until a whole sweep changes nothing: that is the exact fixed point.',
    `  The answer is the unit of layer ${last} with the largest state, the first of equals.`,
  ];
  return `/*\n${lines.map((text) => (text ? ` * ${text}` : ' *')).join('\n')}\n */`;
}
