/**
 * Where arithmetic of fewer bits would round. The reference knows no formats: whoever asks what one costs brings the
 * functions, each from a number to the number it is rounded to. What is absent is exact.
 */
export interface Quantisers {
  /** A state, whenever the dynamics have changed it; must take [0, 1] into [0, 1]. */
  readonly states?: (state: number) => number;
  /** A settled state, as the contrast multiplies it. */
  readonly contrast?: (state: number) => number;
  /** A weight's change; `index` counts through the matrix of the connection. */
  readonly weights?: (change: number, connection: number, index: number) => number;
}
