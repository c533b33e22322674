/** Matrices of their own that learn to say at once what a chain settles in: f_l(h_{l−1}) ≈ h_l, layer by layer. */
import type { Graph } from '../../model/index.js';

/** A rate of the normalised delta rule, which is stable below 2. */
const RATE = 0.2;

interface Map {
  /** Row-major, a row a unit below. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

export class FeedforwardPass {
  readonly #maps: readonly Map[];
  readonly #firstUnits: readonly number[];
  readonly #units: number;

  /** Begins with zeros. @param graph a chain */
  constructor({ layers, units }: Graph) {
    this.#units = units;
    this.#firstUnits = layers.map(({ firstUnit }) => firstUnit);
    this.#maps = layers.slice(1).map(({ units: above }, k) => ({
      weights: new Float64Array(layers[k].units * above),
      biases: new Float64Array(above),
    }));
  }

  /** States of all free layers, each from the one below as the pass itself has it. @param image of bytes */
  statesOf(image: Uint8Array): Float64Array {
    const states = new Float64Array(this.#units);
    let below = pixelsOf(image);
    this.#maps.forEach((map, k) => {
      below = answer(map, below);
      states.set(below, this.#firstUnits[k + 1]);
    });
    return states;
  }

  /** Takes each layer's map nearer to what the chain settled in, from the layer below as that settled. */
  learn(image: Uint8Array, settled: Float64Array): void {
    let below = pixelsOf(image);
    this.#maps.forEach((map, k) => {
      const first = this.#firstUnits[k + 1];
      const above = settled.subarray(first, first + map.biases.length);
      correct(map, below, above);
      below = above;
    });
  }

  /** Products of a pass: of those below that are not zero, with all above. */
  productsOf(image: Uint8Array, states: Float64Array): number {
    let below = image.reduce((lit, pixel) => lit + Number(pixel > 0), 0);
    return this.#maps.reduce((sum, { biases }, k) => {
      const more = below * biases.length;
      const first = this.#firstUnits[k + 1];
      below = states.subarray(first, first + biases.length).reduce((n, state) => n + Number(state > 0), 0);
      return sum + more;
    }, 0);
  }
}

function pixelsOf(image: Uint8Array): Float64Array {
  return Float64Array.from(image, (pixel) => pixel / 256);
}

function answer({ weights, biases }: Map, below: Float64Array): Float64Array {
  const sums = biases.slice();
  below.forEach((rate, i) => {
    if (rate === 0) return;
    for (let j = 0, at = i * sums.length; j < sums.length; j++, at++) sums[j] += rate * weights[at];
  });
  return sums.map((sum) => Math.min(Math.max(sum, 0), 1));
}

function correct(map: Map, below: Float64Array, above: Float64Array): void {
  const { weights, biases } = map;
  const said = answer(map, below);
  const norm = 1 + below.reduce((sum, rate) => sum + rate * rate, 0);
  const steps = above.map((state, j) => (RATE * (state - said[j])) / norm);
  below.forEach((rate, i) => {
    if (rate === 0) return;
    for (let j = 0, at = i * biases.length; j < biases.length; j++, at++) weights[at] += rate * steps[j];
  });
  for (let j = 0; j < biases.length; j++) biases[j] += steps[j];
}
