import { PIXEL_RATE, type ReferenceNetwork } from './network.js';

/**
 * E = ½ Σ s² − Σ W ρρ − Σ b ρ, each tied connection once. `image` is layers[0] bytes; `states` the free
 * layers', in [0, 1]. The input's own ½ s² is a constant and left out.
 */
export function energy(network: ReferenceNetwork, image: Uint8Array, states: Float64Array): number {
  const { layers, weights, biases, offsets } = network;
  let total = 0;
  for (const state of states) total += (state * state) / 2;
  for (let k = 0; k < weights.length; k++) {
    const width = layers[k + 1];
    for (let j = 0; j < width; j++) {
      let drive = biases[k][j];
      for (let i = 0; i < layers[k]; i++) {
        const rate = k === 0 ? image[i] * PIXEL_RATE : states[offsets[k - 1] + i];
        drive += rate * weights[k][i * width + j];
      }
      total -= drive * states[offsets[k] + j];
    }
  }
  return total;
}

/** C = ½‖y − t‖² of the outputs against the one-hot `label`. */
export function cost(network: ReferenceNetwork, states: Float64Array, label: number): number {
  const outputs = states.subarray(network.offsets[network.offsets.length - 1]);
  return outputs.reduce((sum, y, j) => sum + (y - (j === label ? 1 : 0)) ** 2 / 2, 0);
}

/** F = E + βC, which a phase with nudge β descends. */
export function totalEnergy(
  network: ReferenceNetwork,
  image: Uint8Array,
  states: Float64Array,
  nudge: number,
  label: number,
): number {
  return energy(network, image, states) + nudge * cost(network, states, label);
}
