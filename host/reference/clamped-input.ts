import type { ActiveRates } from './active.js';
import { CentredDrives } from './centre.js';
import type { ConnectionForm } from './connections/form.js';
import type { ReferenceNetwork } from './network.js';

/** Bias and input: what drives the free units while an image is clamped. */
export class ClampedInput {
  /** One a free unit; zero until an image is clamped. */
  readonly drives: Float64Array;
  private readonly centred: CentredDrives;

  constructor(
    private readonly network: ReferenceNetwork,
    private readonly forms: readonly ConnectionForm[],
    private readonly rates: ActiveRates,
  ) {
    this.drives = new Float64Array(network.graph.units);
    this.centred = new CentredDrives(network);
  }

  /** Clamps the input layer to the image that begins at `images[at]`, `scale` times as strong. */
  clamp(images: Uint8Array, at: number, scale = 1): void {
    const { drives } = this;
    const { layers, connections } = this.network.graph;
    this.rates.collectPixels(images, at, 1, scale);
    layers.slice(1).forEach(({ firstUnit, units }, k) => {
      const biases = this.network.biases[k];
      for (let u = 0; u < units; u++) drives[firstUnit + u] = biases[u % biases.length];
    });
    connections.forEach(({ pre, post }, k) => {
      if (pre === 0) this.forms[k].send(this.rates, drives, layers[post].firstUnit);
    });
    this.centred.take(drives, images, at, scale);
  }
}
