/** Dense connections by whole rows of the matrix, which `pre` and `post` are the rows and columns of. */
import type { GraphConnection } from '../../model/index.js';
import { ActiveRates } from '../active.js';
import type { ConnectionForm, Ends, MakeForm, Settled, TakeRow } from './form.js';

export class DenseForm implements ConnectionForm {
  /** Wᵀ, row-major [post][pre]. */
  #transposed: Float64Array | undefined;

  constructor(
    _connection: GraphConnection,
    private readonly ends: Ends,
    private readonly weights: Float64Array,
  ) {}

  send(rates: ActiveRates, target: Float64Array, at: number): void {
    rates.addRows(this.weights, this.ends.post, target, at);
  }

  sendBack(rates: ActiveRates, target: Float64Array, at: number): void {
    const { pre, post } = this.ends;
    this.#transposed ??= transpose(this.weights, pre, post);
    rates.addRows(this.#transposed, pre, target, at);
  }

  contrast(settled: Settled, take: TakeRow): void {
    if (this.ends.isFromInput) this.#contrastOfInput(settled, take);
    else this.#contrastOfStates(settled, take);
  }

  /** The input's rates are the same in both phases, so its contrast is Σ x (s⁺ − s⁻) over the lit pixels x, whatever their strength. */
  #contrastOfInput({ plus, minus, units, images, inputs }: Settled, take: TakeRow): void {
    const { post: width, postAt } = this.ends;
    const count = plus.length / units;
    const shifts = new Float64Array(count * width);
    for (let n = 0; n < count; n++)
      for (let j = 0; j < width; j++) {
        const at = n * units + postAt + j;
        shifts[n * width + j] = plus[at] - minus[at];
      }
    const lit = new ActiveRates(count);
    const sums = new Float64Array(width);
    for (let i = 0; i < inputs; i++) {
      lit.collectPixels(images, i, inputs);
      if (!lit.any) continue;
      sums.fill(0);
      lit.addRows(shifts, width, sums, 0);
      take(i, sums);
    }
  }

  #contrastOfStates({ plus, minus, units }: Settled, take: TakeRow): void {
    const { pre, post: width, preAt, postAt } = this.ends;
    const sums = new Float64Array(width);
    for (let i = 0; i < pre; i++) {
      let active = false;
      for (let at = 0; at < plus.length; at += units) {
        const ratePlus = plus[at + preAt + i];
        const rateMinus = minus[at + preAt + i];
        if (ratePlus === 0 && rateMinus === 0) continue;
        if (!active) sums.fill(0);
        active = true;
        const post = at + postAt;
        for (let j = 0; j < width; j++) sums[j] += ratePlus * plus[post + j] - rateMinus * minus[post + j];
      }
      if (active) take(i, sums);
    }
  }
}

export const form: MakeForm = (...of) => new DenseForm(...of);

/** A row-major matrix of so many rows and columns, the columns as rows. */
export function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
  return result;
}
