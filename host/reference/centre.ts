/**
 * A centred input: with m the mean of the first minibatch's images and q = m · x, what the input drives is Vᵀx − (q / |m|²) g, and
 * g learns Σ q δ beside V, which learns Σ x δ. So the weights of x are V − m gᵀ / |m|²: they learn from x less its part along m.
 */
import type { ReferenceNetwork } from './network.js';

/** Bytes of images come to [0, 1). */
const PIXEL = 1 / 256;

/** Views of a network's parameters. */
interface Centre {
  readonly layer: number;
  /** g, one a unit. */
  readonly learnt: Float64Array;
  /** m, one an input. */
  readonly mean: Float64Array;
}

export function centreOf({ graph: { layers }, biases }: ReferenceNetwork): Centre | undefined {
  const layer = layers.findIndex(({ isCentred }) => isCentred);
  if (layer < 0) return undefined;
  const { units } = layers[layer];
  const vector = biases[layer - 1];
  return { layer, learnt: vector.subarray(units, 2 * units), mean: vector.subarray(2 * units) };
}

/** q of the image that begins at `images[at]`. */
export function partAlong(mean: Float64Array, images: Uint8Array, at: number): number {
  return mean.reduce((sum, one, i) => sum + one * images[at + i] * PIXEL, 0);
}

/** Takes the part of an image along the mean, `scale` times as strong, out of the drives of a centred layer. */
export class CentredDrives {
  readonly #centre: Centre | undefined;
  readonly #first: number;
  readonly #square: number;

  constructor(network: ReferenceNetwork) {
    this.#centre = centreOf(network);
    this.#first = network.graph.layers[this.#centre?.layer ?? 0].firstUnit;
    this.#square = this.#centre?.mean.reduce((sum, one) => sum + one * one, 0) ?? 0;
  }

  /** @param drives of all free units */
  take(drives: Float64Array, images: Uint8Array, at: number, scale: number): void {
    if (!this.#centre || this.#square === 0) return;
    const { mean, learnt } = this.#centre;
    const share = (scale * partAlong(mean, images, at)) / this.#square;
    for (let j = 0; j < learnt.length; j++) drives[this.#first + j] -= share * learnt[j];
  }
}
