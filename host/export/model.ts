import type { Formats, Graph, GraphConnection, NetworkParameters, Recipe, Scaling } from '../model/index.js';

/** A trained network as an export sees it. */
export interface ExportedModel extends NetworkParameters {
  /** As its recipe writes it. */
  readonly network: string;
  readonly graph: Graph;
  /** How it settles, among the rest; without it an export tells what was learnt, and cannot be asked. */
  readonly recipe?: Recipe | undefined;
  readonly formats: Formats;
  /** The device's digest of weights and biases, 64 bits. */
  readonly digest: bigint;
  /** Updates the network has seen. */
  readonly step: number;
  /** β_x of a first layer that is pulled towards the image; nothing where the input is held. */
  readonly inputPull?: number | undefined;
  /** The scaling that makes inputs of a sensor's readings; nothing where they are bytes as they stand. */
  readonly scaling?: Scaling | undefined;
  /** Classes that the outputs stand for, where they have names. */
  readonly classNames?: readonly string[] | undefined;
}

/** Throws RangeError unless weights and biases have the shapes the graph asks for. */
export function requireShapes({ graph: { layers, connections }, weights, biases }: ExportedModel): void {
  if (weights.length !== connections.length || biases.length !== layers.length - 1)
    throw new RangeError(
      `${layers.length} layers and ${connections.length} connections with ${weights.length} weight matrices and ${biases.length} bias vectors`,
    );
  connections.forEach(({ weights: count }, k) => {
    if (weights[k].length !== count)
      throw new RangeError(`connection ${k} has ${weights[k].length} weights, not ${count}`);
  });
  layers.slice(1).forEach(({ biases: count }, k) => {
    if (biases[k].length !== count)
      throw new RangeError(`layer ${k + 1} has ${biases[k].length} biases, not ${count}`);
  });
}

/** The shape of a connection's weights: pre × post, of a convolution side × side × channels × channels. */
export function shapeOf({ layers }: Graph, { kind, pre, map, words }: GraphConnection): readonly number[] {
  return kind === 'convolution'
    ? [words.side, words.side, layers[pre].shape.channels, map.columns]
    : [map.rows, map.columns];
}
