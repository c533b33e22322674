/** Gradients of the cost with respect to states, as the early updates are said to be: by partial derivatives from layer to layer. */
import type { ReferenceNetwork } from '../../reference/index.js';

/**
 * ∂C/∂s of C = ½‖y − t‖² at a fixed point of a chain of dense layers, each layer taken as a function of the one below it alone:
 * gᵧ = ρ′(y)(y − t), and below gᵢ = ρ′(sᵢ) Σⱼ Wᵢⱼ gⱼ. ρ′ is 1 between 0 and 1, and 0 at both: a state that is there has been
 * clipped. `states` and the result: an element for each free unit.
 */
export function backPropagated(
  { graph, weights }: ReferenceNetwork,
  states: Float64Array,
  label: number,
): Float64Array {
  const { layers, connections, units, outputs } = graph;
  const gradient = new Float64Array(units);
  const output = units - outputs;
  for (let u = output; u < units; u++)
    gradient[u] = sensitivity(states[u]) * (states[u] - (u - output === label ? 1 : 0));
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
