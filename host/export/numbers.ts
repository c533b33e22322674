/** Says what the arrays of an export mean: formats, the graph, the scaling, names. */
import { hexadecimal } from '../ground/index.js';
import { type ExportedModel, shapeOf } from './model.js';

/** network.json. All numbers are fixed-point integers: `fraction` of their bits stand behind the point. */
export function toNumbers({
  network,
  graph,
  formats,
  recipe,
  digest,
  step,
  inputPull,
  scaling,
  classNames,
}: ExportedModel): string {
  const { states, weights, biases, drives } = formats;
  const numbers = {
    network,
    step,
    digest: hexadecimal(digest),
    formats: { states, biases, drives, weights },
    layers: graph.layers.map(({ shape, units, biases, isCentred }) => ({
      ...shape,
      ...{ units, biases },
      ...(isCentred && { centred: true }),
    })),
    connections: graph.connections.map((connection) => {
      const { kind, pre, post, ways, rule, fixed, words } = connection;
      const ends = { from: pre, to: post, ways, rule, fixed };
      return { kind, ...ends, ...words, weights: shapeOf(graph, connection) };
    }),
    ...(inputPull !== undefined && { inputPull }),
    ...(scaling && { scaling: { kind: scaling.kind, features: scaling.features } }),
    ...(classNames && { classNames }),
    ...(recipe && { recipe }),
  };
  return `${JSON.stringify(numbers, undefined, 2)}\n`;
}
