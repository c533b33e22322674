/** Minibatches of a data set, and the states kept for its examples. */
import type { Samples } from '../data/dataset.js';
import { type Storage, stateBits } from '../model/format.js';
import { integerArrays, type StateArray } from '../model/network-parameters.js';
import { packImage } from '../wire/image.js';
import type { StateMark } from './state-journal.js';

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

/** The free state each example last settled in, in the device's format: where its next free phase starts. */
export class PersistentStates {
  readonly states: StateArray;
  /** Examples whose states are not yet saved. */
  readonly changed = new Set<number>();
  #mark: StateMark | undefined;

  /** All zero at first. */
  constructor(
    readonly examples: number,
    readonly units: number,
    private readonly storage: Storage,
  ) {
    this.states = this.#zeros(examples);
  }

  /** Bytes of a state. */
  get width(): number {
    return this.states.BYTES_PER_ELEMENT;
  }

  of(example: number): StateArray {
    return this.states.subarray(example * this.units, (example + 1) * this.units);
  }

  /** A copy of these examples' states, n · units. */
  gather(indices: Uint32Array): StateArray {
    const gathered = this.#zeros(indices.length);
    indices.forEach((example, n) => {
      gathered.set(this.of(example), n * this.units);
    });
    return gathered;
  }

  /** @param free n · units, in the order of `indices` */
  keep(indices: Uint32Array, free: StateArray): void {
    indices.forEach((example, n) => {
      this.of(example).set(free.subarray(n * this.units, (n + 1) * this.units));
      this.changed.add(example);
    });
  }

  /** Where the newest checkpoint has them, but for those that changed. */
  get mark(): StateMark | undefined {
    return this.#mark;
  }

  /** They are saved as they are. */
  settle(mark: StateMark): void {
    this.#mark = mark;
    this.changed.clear();
  }

  #zeros(examples: number): StateArray {
    return new integerArrays[stateBits(this.storage)](examples * this.units);
  }
}
