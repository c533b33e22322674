/** Drives of all free units at once, for dynamics other than the reference's own. */
import { ActiveRates } from './active.js';
import type { ConnectionForm } from './connections/form.js';
import { formsOf } from './connections/form-of.js';
import type { ReferenceNetwork } from './network.js';

/** The network must not change while this is in use. */
export class Drives {
  /** Bias and input; zero until an image is clamped. */
  readonly #constant: Float64Array;
  readonly #active: readonly ActiveRates[];
  readonly #forms: readonly ConnectionForm[];

  constructor(private readonly network: ReferenceNetwork) {
    const { graph } = network;
    this.#constant = new Float64Array(graph.units);
    this.#active = graph.layers.map(({ units }) => new ActiveRates(units));
    this.#forms = formsOf(network);
  }

  /** Clamps the input layer to the image that begins at `images[at]`. */
  clamp(images: Uint8Array, at: number): void {
    const { layers, connections } = this.network.graph;
    this.#active[0].collectPixels(images, at, 1);
    layers.slice(1).forEach(({ firstUnit, units }, k) => {
      const biases = this.network.biases[k];
      for (let u = 0; u < units; u++) this.#constant[firstUnit + u] = biases[u % biases.length];
    });
    connections.forEach(({ pre, post }, k) => {
      if (pre === 0) this.#forms[k].send(this.#active[0], this.#constant, layers[post].firstUnit);
    });
  }

  /** target ← bias and input + W · rates; both have an element for each free unit. Rates of any sign. */
  collect(rates: Float64Array, target: Float64Array): void {
    const { layers, connections } = this.network.graph;
    target.set(this.#constant);
    layers.forEach(({ firstUnit }, layer) => {
      if (layer > 0) this.#active[layer].collectStates(rates, firstUnit);
    });
    connections.forEach(({ pre, post, ways }, k) => {
      if (pre === 0) return;
      const form = this.#forms[k];
      if (ways !== 'back') form.send(this.#active[pre], target, layers[post].firstUnit);
      if (ways !== 'forth')
        form.sendBack(this.#active[post], target, layers[pre].firstUnit, this.#active[pre]);
    });
  }
}
