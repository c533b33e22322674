/** A network in float64: a graph with its parameters. */
import type { Graph } from '../model/index.js';
import { forEachJoint, randomKey, randomWord, Stream } from '../model/index.js';

export class ReferenceNetwork {
  /**
   * @param weights of each connection, its matrix row-major
   * @param biases of each free layer
   * @throws RangeError if the shapes do not fit the graph
   */
  constructor(
    readonly graph: Graph,
    readonly weights: readonly Float64Array[],
    readonly biases: readonly Float64Array[],
  ) {
    const { layers, connections } = graph;
    if (weights.length !== connections.length || biases.length !== layers.length - 1)
      throw new RangeError(
        `${weights.length} matrices and ${biases.length} bias vectors for ${connections.length} connections and ${layers.length - 1} free layers`,
      );
    connections.forEach((connection, k) => {
      if (weights[k].length !== connection.weights)
        throw new RangeError(`connection ${k} has ${weights[k].length} weights, not ${connection.weights}`);
    });
    layers.slice(1).forEach((layer, k) => {
      if (biases[k].length !== layer.biases)
        throw new RangeError(`layer ${k + 1} has ${biases[k].length} biases, not ${layer.biases}`);
    });
  }

  /** Units of all free layers. */
  get units(): number {
    return this.graph.units;
  }

  /**
   * Weights uniform within ± the connection's limit, drawn by index through all connections, or by the index of the one that
   * it is drawn as; those that join no units are zero, and so are biases.
   * @param limits one a connection, such as Glorot's (`initialLimits`)
   */
  static initial(graph: Graph, seed: number, limits: readonly number[]): ReferenceNetwork {
    const key = randomKey(seed, Stream.weights, 0);
    const firsts: number[] = [];
    let index = 0;
    for (const { weights } of graph.connections) {
      firsts.push(index);
      index += weights;
    }
    const weights = graph.connections.map((connection, k) => {
      const first = firsts[connection.drawnAs ?? k];
      const drawn = Float64Array.from(
        { length: connection.weights },
        (_, at) => (limits[k] * randomWord(key, first + at)) / 2 ** 31,
      );
      const there = joined(graph, k);
      return drawn.map((weight, at) => (there[at] ? weight : 0));
    });
    return new ReferenceNetwork(
      graph,
      weights,
      graph.layers.slice(1).map(({ biases }) => new Float64Array(biases)),
    );
  }

  clone(): ReferenceNetwork {
    return new ReferenceNetwork(
      this.graph,
      this.weights.map((matrix) => matrix.slice()),
      this.biases.map((vector) => vector.slice()),
    );
  }
}

/** 1 for each parameter of a connection that joins units. */
function joined({ layers, connections }: Graph, k: number): Uint8Array {
  const { pre, post, map, weights } = connections[k];
  const there = new Uint8Array(weights);
  forEachJoint(map, layers[pre].units, layers[post].units, (_i, _j, at) => {
    there[at] = 1;
  });
  return there;
}
