/** Gradients of the cost with respect to states, as the early updates are said to be: by partial derivatives from layer to layer. */
import type { ReferenceNetwork } from '../../reference/index.js';

/** ρ′(y)(y − t) of C = ½‖y − t‖², an element an output; a state at 0 or 1 is taken as clipped, its ρ′ as 0. */
export function outputGradient(
  { graph }: ReferenceNetwork,
  states: Float64Array,
  label: number,
): Float64Array {
  return states
    .subarray(graph.units - graph.outputs)
    .map((state, j) => sensitivity(state) * (state - (j === label ? 1 : 0)));
}

/**
 * ∂C/∂s at a fixed point of a chain of dense layers, each layer taken as a function of the one below it alone: the outputs' gradient
 * as given, and below gᵢ = ρ′(sᵢ) Σⱼ Wᵢⱼ gⱼ. `states` and the result: an element for each free unit.
 */
export function backPropagated(
  { graph, weights }: ReferenceNetwork,
  states: Float64Array,
  outputs: Float64Array,
): Float64Array {
  const { layers, connections, units } = graph;
  const gradient = new Float64Array(units);
  gradient.set(outputs, units - graph.outputs);
  for (let k = connections.length - 1; k > 0; k--) {
    const [pre, post] = [layers[connections[k].pre], layers[connections[k].post]];
    for (let i = 0; i < pre.units; i++) {
      let sum = 0;
      for (let j = 0; j < post.units; j++)
        sum += weights[k][i * post.units + j] * gradient[post.firstUnit + j];
      gradient[pre.firstUnit + i] = sensitivity(states[pre.firstUnit + i]) * sum;
    }
  }
  return gradient;
}

/** ρ′ of the hard sigmoid at a state of a fixed point. */
export function sensitivity(state: number): number {
  return state > 0 && state < 1 ? 1 : 0;
}
