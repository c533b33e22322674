/** Auto-encoders whose two matrices are learnt apart, W up and W′ down, one example at a time. */
import type { Draws } from '../draws.js';
import { norm } from '../statistics.js';
import { type Activation, Chain } from './chain.js';

export interface EncoderRule {
  /** Activations of the hidden units, and of those that reconstruct. */
  readonly activations: readonly [Activation, Activation];
  /** The probability that an input is hidden: 0 is not seen, the whole is to be reconstructed (Vincent et al. 2010). */
  readonly masking: number;
  /** Both matrices shrink by rate × this at each example. */
  readonly decay: number;
  readonly rate: number;
  /** Size of the initial weights, in units of Glorot's. */
  readonly scale: number;
}

export class AutoEncoder {
  readonly #chain: Chain;

  /** @param weights W, a row a hidden unit, and W′, a row an input; Glorot's, drawn apart, where there are none */
  constructor(
    private readonly inputs: number,
    hidden: number,
    private readonly rule: EncoderRule,
    private readonly draws: Draws,
    weights?: readonly Float64Array[],
  ) {
    const sizes = [inputs, hidden, inputs];
    const initial = Chain.initial(sizes, rule.activations, draws);
    const scaled = initial.weights.map((matrix) => matrix.map((weight) => rule.scale * weight));
    this.#chain = new Chain(sizes, weights ?? scaled, initial.biases, rule.activations);
  }

  /** Learns to reconstruct an example. Returns ½ ‖x̂ − x‖² from before. */
  learn(example: Float64Array): number {
    const { decay, masking, rate } = this.rule;
    const seen = masking > 0 ? example.map((one) => (this.draws.uniform(0, 1) < masking ? 0 : one)) : example;
    const values = this.#chain.forward(seen);
    const cost = values[2].reduce((sum, value, i) => sum + (value - example[i]) ** 2 / 2, 0);
    const updates = this.#chain.gradient(values, example);
    if (decay > 0) for (const matrix of this.#chain.weights) shrink(matrix, 1 - rate * decay);
    this.#chain.learn(updates, rate);
    return cost;
  }

  /** The cosine of W and W′ᵀ, and the size of W in that of W′. */
  symmetry(): { readonly cosine: number; readonly ratio: number } {
    const [up, down] = this.#chain.weights;
    return symmetryOf(up, down, this.inputs);
  }
}

/** @param columns of W: W′ has as many rows */
export function symmetryOf(up: Float64Array, down: Float64Array, columns: number) {
  const rows = up.length / columns;
  let product = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) product += up[i * columns + j] * down[j * rows + i];
  return { cosine: product / (norm(up) * norm(down)), ratio: norm(up) / norm(down) };
}

function shrink(matrix: Float64Array, factor: number): void {
  for (let at = 0; at < matrix.length; at++) matrix[at] *= factor;
}
