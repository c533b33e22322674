/** The rate a pixel clamps its input unit to: byte / 256, so 0 to 255/256. */
export const PIXEL_RATE = 1 / 256;

/**
 * The non-zero ones among a vector of rates, and the weighted sum of matrix rows they select. A rate of 0
 * adds 0 · w, which changes no sum, so a sum over the active rates is the dense sum.
 */
export class ActiveRates {
  private readonly indices: Int32Array;
  private readonly rates: Float64Array;
  private count = 0;

  constructor(size: number) {
    this.indices = new Int32Array(size);
    this.rates = new Float64Array(size);
  }

  get any(): boolean {
    return this.count > 0;
  }

  forEach(visit: (index: number, rate: number) => void): void {
    for (let k = 0; k < this.count; k++) visit(this.indices[k], this.rates[k]);
  }

  /**
   * Takes `size` states that begin at `states[at]`; in [0, 1] a unit's rate is its state.
   * @param lines of as many states each, that begin `pitch` after one another
   */
  collectStates(states: Float64Array, at: number, lines = 1, pitch = 0): void {
    const indices = this.indices;
    const rates = this.rates;
    const length = indices.length / lines;
    let count = 0;
    let i = 0;
    for (let line = 0; line < lines; line++) {
      const begin = at + line * pitch;
      for (let k = 0; k < length; k++, i++) {
        const state = states[begin + k];
        if (state === 0) continue;
        indices[count] = i;
        rates[count++] = state;
      }
    }
    this.count = count;
  }

  /** Takes the rates of `size` pixels, `images[at + i · stride]`, times `scale`. */
  collectPixels(images: Uint8Array, at: number, stride: number, scale = 1): void {
    const indices = this.indices;
    const rates = this.rates;
    let count = 0;
    for (let i = 0; i < indices.length; i++) {
      const pixel = images[at + i * stride];
      if (pixel === 0) continue;
      indices[count] = i;
      rates[count++] = pixel * PIXEL_RATE * scale;
    }
    this.count = count;
  }

  /** target[at + j] += Σᵢ rateᵢ · matrix[i][j], for j below `width`, summed in the order of i. */
  addRows(matrix: Float64Array, width: number, target: Float64Array, at: number): void {
    const indices = this.indices;
    const rates = this.rates;
    const count = this.count;
    let k = 0;
    // Eight rows a pass: an eighth of the loads and stores of `target`, in the same order of summation.
    for (; k + 8 <= count; k += 8) {
      const a = indices[k] * width;
      const b = indices[k + 1] * width;
      const c = indices[k + 2] * width;
      const d = indices[k + 3] * width;
      const e = indices[k + 4] * width;
      const f = indices[k + 5] * width;
      const g = indices[k + 6] * width;
      const h = indices[k + 7] * width;
      const ra = rates[k];
      const rb = rates[k + 1];
      const rc = rates[k + 2];
      const rd = rates[k + 3];
      const re = rates[k + 4];
      const rf = rates[k + 5];
      const rg = rates[k + 6];
      const rh = rates[k + 7];
      for (let j = 0; j < width; j++) {
        target[at + j] =
          target[at + j] +
          ra * matrix[a + j] +
          rb * matrix[b + j] +
          rc * matrix[c + j] +
          rd * matrix[d + j] +
          re * matrix[e + j] +
          rf * matrix[f + j] +
          rg * matrix[g + j] +
          rh * matrix[h + j];
      }
    }
    for (; k + 2 <= count; k += 2) {
      const a = indices[k] * width;
      const b = indices[k + 1] * width;
      const ra = rates[k];
      const rb = rates[k + 1];
      for (let j = 0; j < width; j++) {
        target[at + j] = target[at + j] + ra * matrix[a + j] + rb * matrix[b + j];
      }
    }
    for (; k < count; k++) {
      const row = indices[k] * width;
      const rate = rates[k];
      for (let j = 0; j < width; j++) target[at + j] += rate * matrix[row + j];
    }
  }
}
