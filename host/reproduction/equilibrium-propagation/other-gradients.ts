/** The gradient of the cost by three ways that know nothing of a nudge. */
import {
  type Batch,
  type CostGradient,
  gradientThroughTime,
  ReferenceNetwork,
  recurrentGradient,
  relaxMinibatch,
} from '../../reference/index.js';
import { cosine, relativeDistance } from '../statistics.js';

/** So many sweeps that phases end because nothing changes. */
export const SETTLED = {
  relaxation: 'exact',
  epsilon: 0.5,
  nudge: 0,
  freeIterations: 3000,
  nudgedIterations: 3000,
} as const;

/** Euler steps that are gone back through. */
export const STEPS = [10, 30, 100, 300, 1000] as const;
const EPSILON = 0.5;

/** Far above rounding, far below what moves a unit to its bound. */
const CHANGE = 1e-5;
/** Weights of each connection that are changed, spread over those of active units. */
const CHANGED = 15;

export interface OtherGradients {
  readonly recurrent: CostGradient;
  /** |differences − recurrent| / |recurrent| over the weights that were changed. */
  readonly differencesApart: number;
  /** Cosines with recurrent backpropagation at the fixed point that Euler's steps end in, by number of steps. */
  readonly throughTime: readonly number[];
  /** Share of the free units that lie between their bounds. */
  readonly between: number;
}

export function otherGradients(network: ReferenceNetwork, batch: Batch): OtherGradients {
  const { free } = relaxMinibatch(network, SETTLED, batch, undefined);
  const recurrent = recurrentGradient(network, batch, free);
  const places = placesOf(recurrent);
  const differences = places.map((ofConnection, k) =>
    Float64Array.from(ofConnection, (place) => difference(network, batch, free, k, place)),
  );
  const same = places.map((ofConnection, k) =>
    Float64Array.from(ofConnection, (place) => recurrent.weights[k][place]),
  );
  const euler = relaxMinibatch(network, { ...SETTLED, relaxation: 'euler' }, batch, undefined);
  const there = recurrentGradient(network, batch, euler.free).weights;
  return {
    recurrent,
    differencesApart: relativeDistance(differences, same),
    throughTime: STEPS.map((steps) => cosine(throughTime(network, batch, steps), there)),
    between: free.filter((state) => state > 0 && state < 1).length / free.length,
  };
}

/** Those of each connection where the gradient is not 0: some, evenly spread. */
function placesOf({ weights }: CostGradient): readonly (readonly number[])[] {
  return weights.map((matrix) => {
    const telling = [...matrix.keys()].filter((at) => matrix[at] !== 0);
    const pitch = Math.max(1, Math.floor(telling.length / CHANGED));
    return telling.filter((_, n) => n % pitch === 0).slice(0, CHANGED);
  });
}

/** (C(w + h) − C(w − h)) / 2h at the fixed points nearest to the free states. */
function difference(
  { graph, weights, biases }: ReferenceNetwork,
  batch: Batch,
  free: Float64Array,
  connection: number,
  place: number,
): number {
  const costAt = (change: number) => {
    const matrix = weights[connection].slice();
    matrix[place] += change;
    const changed = weights.map((one, k) => (k === connection ? matrix : one));
    const there = new ReferenceNetwork(graph, changed, biases);
    return relaxMinibatch(there, SETTLED, { ...batch, start: free }, undefined).cost;
  };
  return (costAt(CHANGE) - costAt(-CHANGE)) / (2 * CHANGE);
}

/** Summed over the batch. */
function throughTime(network: ReferenceNetwork, { images, labels }: Batch, steps: number) {
  const { inputs } = network.graph;
  const sums = network.weights.map((matrix) => new Float64Array(matrix.length));
  labels.forEach((label, n) => {
    const image = images.subarray(n * inputs, (n + 1) * inputs);
    const { weights } = gradientThroughTime(network, EPSILON, image, label, steps);
    weights.forEach((matrix, k) => {
      for (let i = 0; i < matrix.length; i++) sums[k][i] += matrix[i];
    });
  });
  return sums;
}
