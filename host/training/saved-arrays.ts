/** A checkpoint's arrays, each held against what a network of these sizes must have. */
import { UserError } from '../errors.js';
import type { RealParameters } from '../verification/reference-worker.js';
import type { Checkpoint, CheckpointArray } from './checkpoint.js';

export type ArrayKind<A extends CheckpointArray> = abstract new (length: number) => A;

/** What it gives throws `UserError` where the checkpoint holds something else. */
export class SavedArrays {
  /**
   * @param sizes of the layers, input first
   * @param path of the checkpoint, in errors
   */
  constructor(
    private readonly arrays: Checkpoint<unknown>['arrays'],
    private readonly sizes: readonly number[],
    private readonly path: string,
  ) {}

  /** Of all free layers. */
  get units(): number {
    return this.sizes.slice(1).reduce((sum, size) => sum + size, 0);
  }

  weights<A extends CheckpointArray>(kind: ArrayKind<A>, prefix = ''): A[] {
    const { sizes } = this;
    return sizes.slice(1).map((post, k) => this.#array(`${prefix}weights ${k}`, kind, () => sizes[k] * post));
  }

  biases<A extends CheckpointArray>(kind: ArrayKind<A>, prefix = ''): A[] {
    return this.sizes.slice(1).map((post, k) => this.#array(`${prefix}biases ${k}`, kind, () => post));
  }

  realParameters(prefix = ''): RealParameters {
    return { weights: this.weights(Float64Array, prefix), biases: this.biases(Float64Array, prefix) };
  }

  /** @param examples whose states they must be; of any number of them if undefined */
  states<A extends CheckpointArray>(kind: ArrayKind<A>, prefix = '', examples?: number): A {
    const { units } = this;
    const right = (length: number) => (examples === undefined ? length - (length % units) : examples * units);
    return this.#array(`${prefix}states`, kind, right);
  }

  #array<A extends CheckpointArray>(name: string, kind: ArrayKind<A>, right: (length: number) => number): A {
    const array = Object.hasOwn(this.arrays, name) ? this.arrays[name] : undefined;
    if (array instanceof kind && array.length === right(array.length)) return array;
    throw new UserError(
      `${this.path} does not hold what its recipe and data set take: ${name}`,
      'restore it from a copy, or start a new run',
    );
  }
}
