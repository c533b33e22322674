/** What a network has learnt and what it settles in, as the device holds them. */
export type WeightArray = Int8Array | Int16Array | Int32Array;
export type StateArray = Int16Array | Int32Array;

/** The array of integers of so many bits. */
export const integerArrays = { 8: Int8Array, 16: Int16Array, 32: Int32Array } as const;

export interface NetworkParameters {
  /** Per connection k, layers[k] · layers[k + 1] weights in their format, row-major [pre][post]. */
  readonly weights: readonly WeightArray[];
  /** Per connection k, the biases of layer k + 1 in theirs. */
  readonly biases: readonly Int32Array[];
}
