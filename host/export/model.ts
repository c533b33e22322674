import type { Formats, Graph, GraphConnection, NetworkParameters, Scaling } from '../model/index.js';

/** A trained network as an export sees it. */
export interface ExportedModel extends NetworkParameters {
  readonly name: string;
  /** As its recipe writes it. */
  readonly network: string;
  readonly graph: Graph;
  readonly formats: Formats;
  /** The device's digest of weights and biases, 64 bits. */
  readonly digest: bigint;
  /** Updates the network has seen. */
  readonly step: number;
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

/** Returns whether the weight between unit i and unit j stands at [i · units of `post` + j], where there is one, and is one. */
export function isRowMajor({ layers }: Graph, { pre, post, map }: GraphConnection): boolean {
  const [from, to] = [layers[pre].units, layers[post].units];
  if (map.pooled || map.rows !== from || map.columns !== to) return false;
  for (let i = 0; i < from; i++)
    for (let j = 0; j < to; j++) {
      const element = map.element(i, j);
      if (element >= 0 && element !== i * to + j) return false;
    }
  return true;
}

/** Returns whether each layer is joined to the next alone, by a whole matrix, and each unit has a bias. */
export function isPlainChain(graph: Graph): boolean {
  const { layers, connections } = graph;
  return (
    connections.length === layers.length - 1 &&
    connections.every((one, k) => one.pre === k && one.post === k + 1 && isRowMajor(graph, one)) &&
    layers.every(({ units, biases }, k) => k === 0 || biases === units)
  );
}

/** The name as a C identifier: other characters become `_`, and a digit does not come first. */
export function identifier(name: string): string {
  const letters = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z]/.test(letters) ? letters : `network_${letters.replace(/^_+/, '')}`.replace(/_+$/, '');
}
