/** Parameters and states of a network, as the device holds them. */
export type WeightArray = Int8Array | Int16Array | Int32Array;
export type StateArray = Int16Array | Int32Array;

export interface NetworkParameters {
  /** The matrix of each connection in its format, row-major. */
  readonly weights: readonly WeightArray[];
  /** Biases of each free layer, in its own format. */
  readonly biases: readonly Int32Array[];
}
