/** The slides' feedforward-compatible energy, E = Σ ‖h_l − f_l(h_{l−1})‖², descended with a nudge of the outputs. */
import { type Chain, type LayerUpdate, returned } from './chain.js';

/** Descends F = E + β ½ ‖y − t‖² from the free minimum, which is the feedforward pass. */
export class FeedforwardEnergy {
  /** Every layer's states, the inputs first. */
  readonly states: readonly Float64Array[];
  /** f_l(h_{l−1}) of every layer but the inputs. */
  readonly #predicted: Float64Array[];

  /** @param states of the feedforward pass; copied */
  constructor(
    readonly chain: Chain,
    states: readonly Float64Array[],
    readonly target: Float64Array,
    readonly nudge: number,
  ) {
    this.states = states.map((values) => values.slice());
    this.#predicted = this.states.slice(1).map((values) => values.slice());
  }

  /** A step of Euler's, h ← h − ε ∂F/∂h, all layers at once. Returns the greatest |∂F/∂h| before it. */
  step(epsilon: number): number {
    const { chain, states, nudge, target } = this;
    const updates = this.#updates();
    let greatest = 0;
    const moved = updates.map((_, k) => {
      const isLast = k === updates.length - 1;
      const above = isLast
        ? undefined
        : returned(chain.weights[k + 1], updates[k + 1].deltas, states[k + 1].length);
      return states[k + 1].map((state, i) => {
        const error = state - this.#predicted[k][i];
        const force = above ? 2 * (error - above[i]) : 2 * error + nudge * (state - target[i]);
        greatest = Math.max(greatest, Math.abs(force));
        return state - epsilon * force;
      });
    });
    moved.forEach((values, k) => {
      states[k + 1].set(values);
    });
    // The inputs stay, and what they predict.
    for (let k = 1; k < moved.length; k++) this.#predicted[k] = chain.layer(k, states[k]);
    return greatest;
  }

  /** −2 (h_l − f_l(h_{l−1})) f_l′ / β: what equilibrium propagation takes for the gradient. */
  estimate(): LayerUpdate[] {
    const scale = -2 / this.nudge;
    return this.#updates().map(({ deltas, below }) => ({ deltas: deltas.map((one) => scale * one), below }));
  }

  #updates(): LayerUpdate[] {
    const { chain, states } = this;
    return this.#predicted.map((predicted, k) => {
      const errors = states[k + 1].map((state, i) => state - predicted[i]);
      return { deltas: chain.deltas(k, predicted, errors), below: states[k] };
    });
  }
}
