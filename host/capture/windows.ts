/** Cuts a series of lines into windows that follow each other at a stride, overlapping where it is shorter. */
export class Windows {
  #lines: (readonly number[])[] = [];
  /** Lines to pass over before the next window. */
  #passed = 0;

  /**
   * @param length lines of a window, 1 or more
   * @param stride lines from a window's begin to the next one's, 1 or more
   */
  constructor(
    private readonly length: number,
    private readonly stride: number,
  ) {}

  /** The window that this line ends, its lines in order. */
  push(values: readonly number[]): readonly (readonly number[])[] | undefined {
    if (this.#passed > 0) {
      this.#passed--;
      return undefined;
    }
    this.#lines.push(values);
    if (this.#lines.length < this.length) return undefined;
    const window = this.#lines;
    this.#lines = window.slice(this.stride);
    this.#passed = Math.max(0, this.stride - this.length);
    return window;
  }

  /** Begins anew: no window reaches over a line that was lost. */
  restart(): void {
    this.#lines = [];
    this.#passed = 0;
  }
}
