import fc from 'fast-check';
import {
  forEachJoint,
  type Graph,
  type GraphConnection,
  graphOf,
  randomKey,
  randomWord,
} from '#host/model/index';
import { ReferenceNetwork } from '#host/reference/network';

/** A stream of numbers uniform in [low, high), of a seed. */
export function uniform(seed: number): (low: number, high: number) => number {
  const key = randomKey(seed, 1000, 0);
  let index = 0;
  return (low, high) => low + (high - low) * ((randomWord(key, index++) >>> 0) / 2 ** 32);
}

/** A chain of dense connections between layers of these sizes. */
export function chain(sizes: readonly number[]): Graph {
  return graphOf({ network: sizes.join('-'), connections: [], 'receptive-fields': 'all', seed: 1 });
}

/** A chain with its parameters: matrices row-major [pre][post], and biases of layers 1, 2, … */
export function chained(
  sizes: readonly number[],
  weights: readonly Float64Array[],
  biases: readonly Float64Array[],
): ReferenceNetwork {
  return new ReferenceNetwork(chain(sizes), weights, biases);
}

/** Visits each pair of units that a connection joins. */
function forEachPair(
  { graph: { layers, connections } }: ReferenceNetwork,
  visit: (
    connection: GraphConnection,
    k: number,
    i: number,
    j: number,
    element: number,
    place: number,
  ) => void,
): void {
  connections.forEach((connection, k) => {
    forEachJoint(
      connection.map,
      layers[connection.pre].units,
      layers[connection.post].units,
      (i, j, element, place) => visit(connection, k, i, j, element, place),
    );
  });
}

/** Numbers for a connection's matrix; where no units are joined there is no weight. */
export function drawnWeights(
  { layers }: Pick<Graph, 'layers'>,
  { pre, post, map, weights }: GraphConnection,
  draw: () => number,
): Float64Array {
  const matrix = new Float64Array(weights);
  const there = new Set<number>();
  forEachJoint(map, layers[pre].units, layers[post].units, (_i, _j, element) => there.add(element));
  for (const element of there) matrix[element] = draw();
  return matrix;
}

/** Largest sum of a free unit's |weights| from free units: the norm (∞, so also 2) of their weights. */
export function coupling(network: ReferenceNetwork): number {
  const { layers, units } = network.graph;
  const sums = new Float64Array(units);
  forEachPair(network, ({ pre, post }, k, i, j, element) => {
    if (pre === 0) return;
    const weight = Math.abs(network.weights[k][element]);
    sums[layers[pre].firstUnit + i] += weight;
    sums[layers[post].firstUnit + j] += weight;
  });
  return Math.max(...sums);
}

export interface Case {
  readonly network: ReferenceNetwork;
  readonly images: Uint8Array;
  readonly label: number;
  readonly start: Float64Array;
}

/** One network, image, label and start; weights between free layers are scaled to the wanted coupling. */
export function makeCase(sizes: readonly number[], seed: number, wanted: number): Case {
  return scaledCase(chain(sizes), seed, wanted);
}

/** The same of any graph. */
export function scaledCase(graph: Graph, seed: number, wanted: number): Case {
  const draw = uniform(seed);
  const unscaled = new ReferenceNetwork(
    graph,
    graph.connections.map((connection) => drawnWeights(graph, connection, () => draw(-0.5, 0.5))),
    graph.layers.slice(1).map(({ biases }) => Float64Array.from({ length: biases }, () => draw(-0.4, 1.4))),
  );
  const scale = wanted / coupling(unscaled);
  const network = new ReferenceNetwork(
    graph,
    unscaled.weights.map((matrix, k) =>
      graph.connections[k].pre === 0 ? matrix : matrix.map((weight) => weight * scale),
    ),
    unscaled.biases,
  );
  return {
    network,
    images: Uint8Array.from({ length: graph.inputs }, () => Math.max(0, Math.floor(draw(-100, 256)))),
    label: Math.floor(draw(0, graph.outputs)),
    start: Float64Array.from({ length: network.units }, () => Math.min(1, Math.max(0, draw(-0.3, 1.3)))),
  };
}

/** Small networks of one to three hidden layers. */
export function cases(coupling: { min: number; max: number }): fc.Arbitrary<Case> {
  return fc
    .record({
      inputs: fc.integer({ min: 1, max: 4 }),
      hidden: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      outputs: fc.integer({ min: 2, max: 3 }),
      seed: fc.integer(),
      coupling: fc.double({ ...coupling, noNaN: true }),
    })
    .map(({ inputs, hidden, outputs, seed, coupling }) =>
      makeCase([inputs, ...hidden, outputs], seed, coupling),
    );
}

/** Drive of every free unit, summed plainly. */
export function denseDrives(
  network: ReferenceNetwork,
  image: Uint8Array,
  states: Float64Array,
): Float64Array {
  const { layers, units } = network.graph;
  const drives = new Float64Array(units);
  layers.slice(1).forEach(({ firstUnit, units: size }, k) => {
    const biases = network.biases[k];
    for (let u = 0; u < size; u++) drives[firstUnit + u] = biases[u % biases.length];
  });
  const chosen = choicesOf(network, image, states);
  forEachPair(network, ({ pre, post }, k, i, j, element, place) => {
    if (chosen[k] && chosen[k].places[j] !== place) return;
    const weight = network.weights[k][element];
    const [from, to] = [layers[pre].firstUnit + i, layers[post].firstUnit + j];
    drives[to] += weight * (pre === 0 ? image[i] / 256 : states[from]);
    if (pre > 0) drives[from] += weight * states[to];
  });
  return drives;
}

/** The places that units take the greatest of, of each connection that pools so, and by how much it is the greatest. */
function choicesOf(network: ReferenceNetwork, image: Uint8Array, states: Float64Array) {
  const { layers, connections } = network.graph;
  const sums = connections.map(({ post, map: { pooled } }) =>
    pooled?.by === 'maximum'
      ? Array.from({ length: layers[post].units }, () => new Float64Array(pooled.places))
      : undefined,
  );
  forEachPair(network, ({ pre }, k, i, j, element, place) => {
    const own = sums[k]?.[j];
    if (own)
      own[place] +=
        network.weights[k][element] * (pre === 0 ? image[i] / 256 : states[layers[pre].firstUnit + i]);
  });
  return sums.map(
    (units) =>
      units && {
        places: units.map((own) => own.indexOf(Math.max(...own))),
        margins: units.map((own) => {
          const [first, second] = [...own].sort((a, b) => b - a);
          return first - second;
        }),
      },
  );
}

/** How far all choices are from being others. */
export function choiceMargin(network: ReferenceNetwork, image: Uint8Array, states: Float64Array): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...choicesOf(network, image, states).flatMap((of) => of?.margins ?? []),
  );
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}
