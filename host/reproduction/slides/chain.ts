/** A feedforward network of dense layers, h_l = f_l(h_{l−1}), and its gradient by backpropagation. */
import { glorotLimit } from '../../model/index.js';
import { firstGreatest } from '../../reference/index.js';
import type { Draws } from '../draws.js';

/** A unit's value by its drive, and the slope there, which the value tells. */
export interface Activation {
  readonly name: string;
  of(drive: number): number;
  slope(value: number): number;
}

export const logistic: Activation = {
  name: 'logistic',
  of: (drive) => 1 / (1 + Math.exp(-drive)),
  slope: (value) => value * (1 - value),
};
export const tanh: Activation = { name: 'tanh', of: Math.tanh, slope: (value) => 1 - value * value };
export const rectifier: Activation = {
  name: 'rectifier',
  of: (drive) => Math.max(0, drive),
  slope: (value) => (value > 0 ? 1 : 0),
};
export const linear: Activation = { name: 'linear', of: (drive) => drive, slope: () => 1 };

/** A change of a layer's parameters: `deltas`, one a unit, times the rates `below`. */
export interface LayerUpdate {
  readonly deltas: Float64Array;
  readonly below: Float64Array;
}

export class Chain {
  /**
   * @param sizes of the layers, the inputs first
   * @param weights of each layer but the inputs, a row a unit
   * @param activations likewise
   */
  constructor(
    readonly sizes: readonly number[],
    readonly weights: readonly Float64Array[],
    readonly biases: readonly Float64Array[],
    readonly activations: readonly Activation[],
  ) {}

  /** Glorot's weights, no biases. */
  static initial(sizes: readonly number[], activations: readonly Activation[], draws: Draws): Chain {
    return new Chain(
      sizes,
      activations.map((_, k) => randomMatrix(sizes[k + 1], sizes[k], draws)),
      activations.map((_, k) => new Float64Array(sizes[k + 1])),
      activations,
    );
  }

  /** f of a layer, counted from 0 behind the inputs. */
  layer(k: number, below: Float64Array): Float64Array {
    const { biases, weights, activations } = this;
    const { of } = activations[k];
    const matrix = weights[k];
    const { length } = below;
    return biases[k].map((bias, i) => {
      let drive = bias;
      for (let j = 0, at = i * length; j < length; j++, at++) drive += matrix[at] * below[j];
      return of(drive);
    });
  }

  /** Every layer's values, the inputs first. */
  forward(inputs: Float64Array): Float64Array[] {
    const values = [inputs];
    this.activations.forEach((_, k) => {
      values.push(this.layer(k, values[k]));
    });
    return values;
  }

  /** Errors of a layer's values, times the slope there: those of its drives. */
  deltas(k: number, values: Float64Array, errors: Float64Array): Float64Array {
    const { slope } = this.activations[k];
    return errors.map((error, i) => error * slope(values[i]));
  }

  /** ∂(½ ‖y − t‖²) / ∂ drives, layer by layer. @param back matrices that errors return by, laid out as the weights are */
  gradient(
    values: readonly Float64Array[],
    target: Float64Array,
    back: readonly Float64Array[] = this.weights,
  ): LayerUpdate[] {
    const last = this.activations.length - 1;
    const updates: LayerUpdate[] = [];
    let errors: Float64Array = values[last + 1].map((value, i) => value - target[i]);
    for (let k = last; k >= 0; k--) {
      const deltas = this.deltas(k, values[k + 1], errors);
      updates.unshift({ deltas, below: values[k] });
      if (k > 0) errors = returned(back[k], deltas, this.sizes[k]);
    }
    return updates;
  }

  /** The class of the greatest output. */
  answer(inputs: Float64Array): number {
    return firstGreatest(this.forward(inputs)[this.activations.length]);
  }

  /** Moves the parameters against the updates. */
  learn(updates: readonly LayerUpdate[], rate: number): void {
    updates.forEach((update, k) => {
      addOuter(this.weights[k], update, -rate);
      update.deltas.forEach((delta, i) => {
        this.biases[k][i] -= rate * delta;
      });
    });
  }
}

/** Uniform within Glorot's limit. */
export function randomMatrix(rows: number, columns: number, draws: Draws): Float64Array {
  const limit = glorotLimit(columns, rows);
  return Float64Array.from({ length: rows * columns }, () => draws.uniform(-limit, limit));
}

/** Wᵀ times deltas. @param columns how many W has */
export function returned(matrix: Float64Array, deltas: Float64Array, columns: number): Float64Array {
  const errors = new Float64Array(columns);
  deltas.forEach((delta, i) => {
    if (delta !== 0)
      for (let j = 0, at = i * columns; j < columns; j++, at++) errors[j] += matrix[at] * delta;
  });
  return errors;
}

/** Adds an update, `times` over, to a matrix. */
export function addOuter(matrix: Float64Array, { deltas, below }: LayerUpdate, times: number): void {
  const { length } = below;
  deltas.forEach((delta, i) => {
    const factor = times * delta;
    if (factor !== 0) for (let j = 0, at = i * length; j < length; j++, at++) matrix[at] += factor * below[j];
  });
}
