/** Where a kernel comes to: a layer's rates laid out with what surrounds them, and the patch that is seen at each position. */
import type { Shape } from '../../model/index.js';
import type { ActiveRates } from '../active.js';

/** Distances that the kernel slides by. */
export interface Sliding {
  readonly side: number;
  readonly padding: number;
  /** Between neighbouring places. */
  readonly stride: number;
  /** Places a row and column that a position takes together: it sees the sum of their rates. */
  readonly box: number;
}

/** A field is a vector of `size` numbers: the layer and its padding, channels last, and room for boxes that begin before it. */
export class Patches {
  readonly size: number;
  /** Numbers of a patch, row-major [line][column][channel of the layer]. */
  readonly patch: number;
  /** Where each unit of the layer stands in a field. */
  readonly #units: Int32Array;
  /** How far before a unit the boxes begin that it is in. */
  readonly #shifts: Int32Array;
  /** Where each position's patch begins. */
  readonly #origins: Int32Array;
  /** Units of the layer that follow each other in a field too. */
  readonly #line: number;
  readonly #lines: number;
  readonly #pitch: number;

  /** @param positions rows and columns of them */
  constructor(
    { rows, columns, channels }: Shape,
    positions: Pick<Shape, 'rows' | 'columns'>,
    { side, padding, stride, box }: Sliding,
  ) {
    const margin = (box - 1) * stride;
    this.#line = columns * channels;
    this.#lines = side;
    this.#pitch = (columns + 2 * padding + margin) * channels;
    this.size = (rows + 2 * padding + margin) * this.#pitch;
    this.patch = side * side * channels;
    const place = (row: number, column: number) => row * this.#pitch + column * channels;
    const grid = (down: number, across: number, at: (row: number, column: number) => number) =>
      Int32Array.from({ length: down * across }, (_, n) => at(Math.floor(n / across), n % across));
    const first = margin + padding;
    this.#units = grid(rows * columns, channels, (n, channel) => {
      return place(Math.floor(n / columns) + first, (n % columns) + first) + channel;
    });
    this.#shifts = grid(box, box, (row, column) => place(row * stride, column * stride));
    const step = stride * box;
    this.#origins = grid(positions.rows, positions.columns, (row, column) =>
      place(row * step + margin, column * step + margin),
    );
  }

  /** Fills a field with the layer's rates, or their sums over boxes. */
  spread(rates: ActiveRates, field: Float64Array): void {
    field.fill(0);
    rates.forEach((unit, rate) => {
      for (let n = 0; n < this.#shifts.length; n++) field[this.#units[unit] - this.#shifts[n]] += rate;
    });
  }

  /** target[at + unit] += what a field holds for it: `spread` the other way round. */
  gather(field: Float64Array, target: Float64Array, at: number): void {
    const length = this.#line;
    for (let unit = 0; unit < this.#units.length; unit += length)
      for (let n = 0; n < this.#shifts.length; n++) {
        const from = this.#units[unit] - this.#shifts[n];
        for (let k = 0; k < length; k++) target[at + unit + k] += field[from + k];
      }
  }

  /** Takes a position's patch out of a field. */
  collect(field: Float64Array, position: number, into: ActiveRates): void {
    into.collectStates(field, this.#origins[position], this.#lines, this.#pitch);
  }

  /** Adds a patch to a field: `collect` the other way round. */
  add(patch: Float64Array, position: number, field: Float64Array): void {
    const length = patch.length / this.#lines;
    for (let line = 0, from = 0; line < this.#lines; line++, from += length) {
      const to = this.#origins[position] + line * this.#pitch;
      for (let k = 0; k < length; k++) field[to + k] += patch[from + k];
    }
  }
}
