/** What a network has learnt, as the device holds it. */
export interface NetworkParameters {
  /** Per connection k, layers[k] · layers[k + 1] weights in the weight format, row-major [pre][post]. */
  readonly weights: readonly Int16Array[];
  /** Per connection k, the biases of layer k + 1 in the drive format. */
  readonly biases: readonly Int32Array[];
}
