/** Minibatches of a data set. */
import type { Samples } from '../data/index.js';
import { packImage } from '../wire/index.js';

export interface Minibatch {
  /** Which examples, by their index in the data set. */
  readonly indices: Uint32Array;
  /** n · pixels bytes. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** The images as they travel. */
  readonly packed: readonly Uint8Array[];
}

/** The examples of these indices, images of `pixels` bytes. */
export function gather(
  samples: Samples,
  pixels: number,
  indices: Uint32Array,
): Pick<Minibatch, 'indices' | 'images' | 'labels'> {
  const images = new Uint8Array(indices.length * pixels);
  indices.forEach((example, n) => {
    images.set(samples.images.subarray(example * pixels, (example + 1) * pixels), n * pixels);
  });
  return { indices, images, labels: Uint8Array.from(indices, (example) => samples.labels[example]) };
}

/** Cuts minibatches out of samples; every image is packed once. */
export class MinibatchSource {
  readonly #packed: (Uint8Array | undefined)[];

  constructor(
    private readonly samples: Samples,
    readonly pixels: number,
  ) {
    this.#packed = new Array(samples.count);
  }

  get count(): number {
    return this.samples.count;
  }

  /** Bytes of all images packed so far, over their number; nothing before the first. */
  get bytesPerImage(): number | undefined {
    const packed = this.#packed.filter((bytes) => bytes !== undefined);
    if (packed.length === 0) return undefined;
    return packed.reduce((sum, { length }) => sum + length, 0) / packed.length;
  }

  take(indices: Uint32Array): Minibatch {
    const { pixels } = this;
    const batch = gather(this.samples, pixels, indices);
    const packed = Array.from(indices, (example, n) => {
      this.#packed[example] ??= packImage(batch.images.subarray(n * pixels, (n + 1) * pixels));
      return this.#packed[example];
    });
    return { ...batch, packed };
  }
}
