/** Exact minimisation of a chain whose input is pushed towards an image, not held at it (Eq. 6). */
import type { Recipe } from '../../model/index.js';
import { graphOf } from '../../model/index.js';
import {
  type Batch,
  Drives,
  firstGreatest,
  PIXEL_RATE,
  ReferenceNetwork,
  type Relaxed,
} from '../../reference/index.js';
import { initialReference } from '../../verification/index.js';

/** Phases of a chain with a soft input. */
export interface SoftDynamics {
  /** β_x: how strongly the input is pushed. */
  readonly push: number;
  /** β_y of the nudged phase. */
  readonly nudge: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
}

/** Bytes that clamp the layer below the soft input, which nothing comes from. */
const DARK = Uint8Array.of(0);

/**
 * A recipe's network with its input among the free units: they are layer 1, behind a dark input of one unit. Initial weights are
 * those of the recipe, and the new biases 0.
 */
export function softNetwork(recipe: Recipe): ReferenceNetwork {
  const { weights, biases } = initialReference(recipe);
  const graph = graphOf({ ...recipe, network: `1-${recipe.network}` });
  const inputs = graph.layers[1].units;
  return new ReferenceNetwork(
    graph,
    [new Float64Array(inputs), ...weights],
    [new Float64Array(inputs), ...biases],
  );
}

/** The minibatch that its contrast is taken of: dark. */
export function darkened({ labels }: Batch): Batch {
  return { images: new Uint8Array(labels.length), labels };
}

/** Relaxes every sample from zero, free, then with the outputs nudged by +β_y, the input being pushed in both phases. */
export function relaxSoftly(
  network: ReferenceNetwork,
  { push, nudge, freeIterations, nudgedIterations }: SoftDynamics,
  { images, labels }: Batch,
): Relaxed {
  const { layers, outputs } = network.graph;
  const [, input] = layers;
  const output = network.units - outputs;
  const drives = new Drives(network);
  drives.clamp(DARK, 0);
  const states = new Float64Array(network.units);
  const received = new Float64Array(network.units);
  const free = new Float64Array(labels.length * network.units);
  const plus = new Float64Array(free.length);
  const predictions = new Uint8Array(labels.length);
  const iterations = { free: new Uint32Array(labels.length), nudged: new Uint32Array(labels.length) };

  const sweep = (at: number, label: number, beta: number): boolean => {
    let changed = false;
    // No two odd layers are joined, nor two even ones.
    for (const odd of [1, 0]) {
      drives.collect(states, received);
      layers.forEach(({ firstUnit, units }, layer) => {
        if (layer === 0 || layer % 2 !== odd) return;
        for (let u = firstUnit; u < firstUnit + units; u++) {
          let next = received[u];
          if (layer === 1) next = (next + push * images[at + u] * PIXEL_RATE) / (1 + push);
          if (u >= output) next = (next + (u - output === label ? beta : 0)) / (1 + beta);
          next = Math.min(Math.max(next, 0), 1);
          if (next !== states[u]) changed = true;
          states[u] = next;
        }
      });
    }
    return changed;
  };
  const settle = (at: number, label: number, beta: number, most: number): number => {
    for (let n = 1; n <= most; n++) if (!sweep(at, label, beta)) return n;
    return most;
  };

  labels.forEach((label, n) => {
    const at = n * input.units;
    states.fill(0);
    iterations.free[n] = settle(at, label, 0, freeIterations);
    free.set(states, n * network.units);
    predictions[n] = firstGreatest(states, output);
    iterations.nudged[n] = settle(at, label, nudge, nudgedIterations);
    plus.set(states, n * network.units);
  });
  return {
    predictions,
    freeIterations: iterations.free,
    nudgedIterations: iterations.nudged,
    free,
    plus,
    minus: free,
    cost: 0,
  };
}
