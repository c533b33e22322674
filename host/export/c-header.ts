import type { Graph, GraphConnection } from '../model/index.js';
import { chainLines } from './c-chain.js';
import { elementFunction, isConvolution } from './c-convolution.js';
import { dimensions, graphLines, joins } from './c-graph.js';
import { classesCode, scalingCode, scalingLines } from './c-scaling.js';
import { array, integer, shifts } from './c-values.js';
import { type ExportedModel, identifier, isPlainChain, isRowMajor, requireShapes } from './model.js';

/**
 * A C99 header with the weights, biases and formats of a network as constants. Names begin with the model's name
 * made a C identifier. Throws RangeError if weights or biases do not fit the layers.
 */
export function toCHeader(model: ExportedModel): string {
  requireShapes(model);
  const { graph, formats, weights, biases, scaling, classNames } = model;
  const { connections } = graph;
  const prefix = identifier(model.name);
  const macro = prefix.toUpperCase();
  const biasArray = (layer: number) => {
    const vector = biases[layer - 1];
    return array(integer(formats.biases.bits), `${prefix}_biases_${layer}[${vector.length}]`, vector);
  };
  const parts = [
    explanation(model, prefix),
    `#ifndef ${macro}_H\n#define ${macro}_H\n\n#include <stdint.h>`,
    constants(model, macro),
    ...(scaling ? [scalingCode(scaling, prefix)] : []),
    ...(classNames ? [classesCode(classNames, prefix)] : []),
    ...connections.flatMap((connection, k) => [
      array(integer(formats.storage), `${prefix}_weights_${k}[${dimensions(connection)}]`, weights[k]),
      ...joinsOf(graph, connection, prefix, k),
      // A layer's biases stand behind what first ends in it.
      ...(connections.findIndex(({ post }) => post === connection.post) === k
        ? [biasArray(connection.post)]
        : []),
    ]),
    `#endif /* ${macro}_H */`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Nothing where the weights stand unit by unit. */
function joinsOf(graph: Graph, connection: GraphConnection, prefix: string, k: number): readonly string[] {
  if (isRowMajor(graph, connection)) return [];
  return isConvolution(connection)
    ? [elementFunction(graph, connection, `${prefix}_element_${k}`)]
    : [joins(graph, connection, `${prefix}_joins_${k}`)];
}

function constants(model: ExportedModel, macro: string): string {
  const { graph, formats, step } = model;
  const { layers, connections } = graph;
  const { weights, states, drives, biases } = formats;
  const values: [string, number | string][] = [
    ['LAYERS', layers.length],
    ['CONNECTIONS', connections.length],
    ...layers.map(({ units }, k): [string, number] => [`SIZE_${k}`, units]),
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

function explanation(model: ExportedModel, prefix: string): string {
  const { graph, network, digest, step, scaling } = model;
  const lines = [
    `${network}, trained by equilibrium propagation: step ${step},`,
    `digest 0x${BigInt.asUintN(64, digest).toString(16).padStart(16, '0')}.`,
    '',
    "Formats (fixed point, two's complement)",
    ...formatLines(model, prefix),
    '',
    ...(scaling ? [...scalingLines(scaling, prefix), ''] : []),
    ...(isPlainChain(graph) ? chainLines(model, prefix) : graphLines(model, prefix)),
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
