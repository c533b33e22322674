import { ActiveRates } from './active.js';
import { CentredDrives } from './centre.js';
import { formsOf } from './connections/form-of.js';
import type { ReferenceNetwork } from './network.js';

/**
 * E = ½ Σ s² − Σ W ρρ − Σ b ρ, each tied connection once. `image` are the bytes of the input; `states` the free layers', in
 * [0, 1]. The input's own ½ s² is a constant and left out. A network with one-way connections has none: `RangeError`.
 */
export function energy(network: ReferenceNetwork, image: Uint8Array, states: Float64Array): number {
  const { biases } = network;
  const { layers, connections } = network.graph;
  if (connections.some(({ pre, ways }) => pre > 0 && ways !== 'both'))
    throw new RangeError('a network whose connections go one way has no energy');
  const forms = formsOf(network);
  const taken = new Float64Array(network.graph.units);
  new CentredDrives(network).take(taken, image, 0, 1);
  let total = 0;
  for (const state of states) total += (state * state) / 2;
  layers.forEach(({ units, firstUnit }, layer) => {
    if (layer === 0) return;
    const shared = biases[layer - 1];
    const drives = Float64Array.from(
      { length: units },
      (_, u) => shared[u % shared.length] + taken[firstUnit + u],
    );
    connections.forEach(({ pre, post }, k) => {
      if (post !== layer) return;
      const rates = new ActiveRates(layers[pre].units);
      if (pre === 0) rates.collectPixels(image, 0, 1);
      else rates.collectStates(states, layers[pre].firstUnit);
      forms[k].send(rates, drives, 0);
    });
    drives.forEach((drive, u) => {
      total -= drive * states[firstUnit + u];
    });
  });
  return total;
}

/** C = ½‖y − t‖² of the outputs against the one-hot `label`. */
export function cost({ graph }: ReferenceNetwork, states: Float64Array, label: number): number {
  const outputs = states.subarray(graph.units - graph.outputs);
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
