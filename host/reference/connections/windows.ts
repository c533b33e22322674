/** Windows as dense ones whose weights outside are zero, and stay so. */
import type { GraphConnection } from '../../model/index.js';
import { DenseForm } from './dense.js';
import type { Ends, MakeForm, Settled, TakeRow } from './form.js';

class WindowsForm extends DenseForm {
  constructor(
    private readonly connection: GraphConnection,
    ends: Ends,
    weights: Float64Array,
  ) {
    super(connection, ends, weights);
  }

  override contrast(settled: Settled, take: TakeRow): void {
    const { element } = this.connection.map;
    super.contrast(settled, (row, sums) => {
      for (let j = 0; j < sums.length; j++) if (element(row, j) < 0) sums[j] = 0;
      take(row, sums);
    });
  }
}

export const form: MakeForm = (...of) => new WindowsForm(...of);
