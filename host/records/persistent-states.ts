/** Where each example's next free phase starts. */
import { integerArrays, type StateArray, type Storage, stateBits } from '../model/index.js';
import type { StateMark } from './state-mark.js';

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
