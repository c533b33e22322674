/** Writes the header's account of any other graph. */
import { coloursOf, forEachJoint, type Graph, type GraphConnection } from '../model/index.js';
import { convolutionLines, isConvolution, pooledDriveLines } from './c-convolution.js';
import { relaxationLines } from './c-relaxation.js';
import { integer, shifts } from './c-values.js';
import { type ExportedModel, isRowMajor } from './model.js';

export function dimensions({ map: { rows, columns } }: GraphConnection): string {
  return `${rows} * ${columns}`;
}

/** Which weight joins which units: {i, j, element}, a row each. */
export function joins({ layers }: Graph, { pre, post, map }: GraphConnection, name: string): string {
  const rows: string[] = [];
  forEachJoint(map, layers[pre].units, layers[post].units, (i, j, element) => {
    rows.push(`  {${i}, ${j}, ${element}},`);
  });
  return `static const uint32_t ${name}[${rows.length}][3] = {\n${rows.join('\n')}\n};`;
}

/** How any graph computes. */
export function graphLines(model: ExportedModel, prefix: string): readonly string[] {
  const { graph, formats } = model;
  const { layers, connections } = graph;
  const drive = integer(formats.drives.bits);
  const wider = 2 ** (formats.drives.fraction - formats.biases.fraction);
  const order = coloursOf(graph)
    .map((colour) => `k = ${colour.join(', ')}`)
    .join(', then ');
  return [
    'Layout: what joins which layers, in both directions',
    '  (where a layer has rows and columns, unit (row * columns + column) * channels + channel)',
    ...connections.flatMap((connection, k) => [
      `  ${k}: unit i of layer ${connection.pre} with unit j of layer ${connection.post},`,
      ...weightLines(graph, connection, prefix, k),
    ]),
    `  ${prefix}_biases_k are those of layer k, as many as`,
    ...layers
      .slice(1)
      .map(({ biases }, k) => `    ${biases} of layer ${k + 1}: unit j has the one at [j % ${biases}]`),
    '',
    'Drive of unit j in layer k: its bias, and what arrives along every connection that joins the layer to another',
    `  ${drive} drive = ${wider > 1 ? `bias * (${drive})${wider}` : 'bias'};`,
    `  for each connection that ends in layer k, each i: drive += (${drive})weight(i, j) * (state of i << SHIFT);`,
    `  for each connection that begins in layer k, each m: drive += (${drive})weight(j, m) * (state of m << SHIFT);`,
    ...pooledDriveLines(graph),
    `  SHIFT of the connections: ${shifts(model).join(', ')}.`,
    '  Only the final value must fit, the sum may wrap on its way: add as',
    `  u${drive}, or compile with -fwrapv, for C leaves signed overflow undefined.`,
    '',
    'Relaxation (exact sweeps): each layer in turn takes the states that minimise its energy',
    ...relaxationLines(model, `  2. For ${order}: compute all drives of layer k, then`),
  ];
}

function weightLines(
  graph: Graph,
  connection: GraphConnection,
  prefix: string,
  k: number,
): readonly string[] {
  const weights = `${prefix}_weights_${k}`;
  if (isRowMajor(graph, connection))
    return [`     weight(i, j) = ${weights}[i * ${graph.layers[connection.post].units} + j]`];
  if (!isConvolution(connection))
    return [`     weight(i, j) = ${weights}[element], of each {i, j, element} in ${prefix}_joins_${k}`];
  const p = connection.map.pooled ? 'p' : '0';
  return [
    ...convolutionLines(graph, connection),
    `     weight(i, j${p === 'p' ? ', p' : ''}) = ${weights}[${prefix}_element_${k}(i, j, ${p})], 0 where that is -1`,
  ];
}
