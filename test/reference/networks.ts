import fc from 'fast-check';
import { randomKey, randomWord } from '#host/model/random';
import { ReferenceNetwork } from '#host/reference/network';

/** A stream of numbers uniform in [low, high), of a seed. */
export function uniform(seed: number): (low: number, high: number) => number {
  const key = randomKey(seed, 1000, 0);
  let index = 0;
  return (low, high) => low + (high - low) * ((randomWord(key, index++) >>> 0) / 2 ** 32);
}

/** Largest sum of a free unit's |weights| from free units: the norm (∞, so also 2) of their weights. */
export function coupling({ layers, weights, offsets, units }: ReferenceNetwork): number {
  const sums = new Float64Array(units);
  for (let k = 1; k < weights.length; k++) {
    weights[k].forEach((weight, index) => {
      sums[offsets[k - 1] + Math.floor(index / layers[k + 1])] += Math.abs(weight);
      sums[offsets[k] + (index % layers[k + 1])] += Math.abs(weight);
    });
  }
  return Math.max(...sums);
}

export interface Case {
  readonly network: ReferenceNetwork;
  readonly images: Uint8Array;
  readonly label: number;
  readonly start: Float64Array;
}

/** One network, image, label and start; weights between free layers are scaled to the wanted coupling. */
export function makeCase(layers: readonly number[], seed: number, wanted: number): Case {
  const draw = uniform(seed);
  const unscaled = new ReferenceNetwork(
    layers,
    layers.slice(1).map((post, k) => Float64Array.from({ length: layers[k] * post }, () => draw(-0.5, 0.5))),
    layers.slice(1).map((post) => Float64Array.from({ length: post }, () => draw(-0.4, 1.4))),
  );
  const scale = wanted / coupling(unscaled);
  const network = new ReferenceNetwork(
    layers,
    unscaled.weights.map((matrix, k) => (k === 0 ? matrix : matrix.map((weight) => weight * scale))),
    unscaled.biases,
  );
  return {
    network,
    images: Uint8Array.from({ length: layers[0] }, () => Math.max(0, Math.floor(draw(-100, 256)))),
    label: Math.floor(draw(0, layers[layers.length - 1])),
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
  const { layers, weights, biases, offsets, units } = network;
  const drives = new Float64Array(units);
  for (let k = 0; k < weights.length; k++) {
    for (let j = 0; j < layers[k + 1]; j++) {
      drives[offsets[k] + j] += biases[k][j];
      for (let i = 0; i < layers[k]; i++) {
        const weight = weights[k][i * layers[k + 1] + j];
        if (k === 0) {
          drives[j] += (weight * image[i]) / 256;
        } else {
          drives[offsets[k] + j] += weight * states[offsets[k - 1] + i];
          drives[offsets[k - 1] + i] += weight * states[offsets[k] + j];
        }
      }
    }
  }
  return drives;
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}
