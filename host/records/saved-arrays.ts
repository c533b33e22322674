/** A checkpoint's arrays, each held against what its network must have. */
import { UserError } from '../ground/index.js';
import type { Graph } from '../model/index.js';
import type { RealParameters } from '../verification/index.js';
import type { Checkpoint, CheckpointArray } from './checkpoint.js';
import { RESTORE } from './saved-state.js';

export type ArrayKind<A extends CheckpointArray> = abstract new (length: number) => A;

interface Parameters {
  readonly weights: readonly CheckpointArray[];
  readonly biases: readonly CheckpointArray[];
}

/** Parameters as arrays of a checkpoint. */
export function namedArrays({ weights, biases }: Parameters, prefix = ''): Checkpoint<unknown>['arrays'] {
  const named = (kind: string, arrays: readonly CheckpointArray[]) =>
    arrays.map((array, k) => [`${prefix}${kind} ${k}`, array] as const);
  return Object.fromEntries([...named('weights', weights), ...named('biases', biases)]);
}

/** The arrays of a checkpoint. Its members throw `UserError` where the checkpoint holds something else. */
export class SavedArrays {
  /**
   * @param path of the checkpoint, in errors
   */
  constructor(
    private readonly arrays: Checkpoint<unknown>['arrays'],
    private readonly graph: Graph,
    private readonly path: string,
  ) {}

  /** Units of all free layers. */
  get units(): number {
    return this.graph.units;
  }

  weights<A extends CheckpointArray>(kind: ArrayKind<A>, prefix = ''): A[] {
    return this.graph.connections.map(({ weights }, k) =>
      this.#array(`${prefix}weights ${k}`, kind, () => weights),
    );
  }

  biases<A extends CheckpointArray>(kind: ArrayKind<A>, prefix = ''): A[] {
    return this.graph.layers
      .slice(1)
      .map(({ biases }, k) => this.#array(`${prefix}biases ${k}`, kind, () => biases));
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
    throw new UserError(`${this.path} does not hold what its recipe and data set take: ${name}`, RESTORE);
  }
}
