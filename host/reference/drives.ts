/** Drives of all free units at once, for dynamics other than the reference's own. */
import { ActiveRates } from './active.js';
import { ClampedInput } from './clamped-input.js';
import type { ConnectionForm } from './connections/form.js';
import { formsOf } from './connections/form-of.js';
import type { ReferenceNetwork } from './network.js';

/** The network must not change while this is in use. */
export class Drives {
  readonly #input: ClampedInput;
  readonly #active: readonly ActiveRates[];
  readonly #forms: readonly ConnectionForm[];

  constructor(private readonly network: ReferenceNetwork) {
    const { graph } = network;
    this.#active = graph.layers.map(({ units }) => new ActiveRates(units));
    this.#forms = formsOf(network);
    this.#input = new ClampedInput(network, this.#forms, this.#active[0]);
  }

  /** Clamps the input layer to the image that begins at `images[at]`. */
  clamp(images: Uint8Array, at: number): void {
    this.#input.clamp(images, at);
  }

  /** target ← bias and input + W · rates; both have an element for each free unit. Rates of any sign. */
  collect(rates: Float64Array, target: Float64Array): void {
    const { layers, connections } = this.network.graph;
    target.set(this.#input.drives);
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
