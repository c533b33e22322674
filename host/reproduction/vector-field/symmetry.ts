/** Chains whose ways back are more or less those of the ways forth. */
import { graphOf } from '../../model/index.js';
import { ReferenceNetwork } from '../../reference/index.js';
import { Draws } from '../draws.js';
import { norm } from '../statistics.js';

/** Purpose of the draws of R. */
const PURPOSE = 31;

/**
 * A tied chain of dense layers with weights of its own for the ways back: B = a Wᵀ + √(1 − a²) R, R random and as large as W. Both
 * matrices are laid out alike.
 * @param degree a, from 0 to 1: of itself the cosine of W and Bᵀ, but for chance
 */
export function withSymmetry(tied: ReferenceNetwork, degree: number, seed: number): ReferenceNetwork {
  const network = tied.graph.layers.map(({ units }) => units).join('-');
  const graph = graphOf({ network, connections: [], 'receptive-fields': 'all', seed: 1, feedback: 'untied' });
  const draws = new Draws(seed, PURPOSE);
  const back = tied.weights.slice(1).map((matrix) => {
    const random = matrix.map(() => draws.gaussian());
    const scale = Math.sqrt(1 - degree * degree) * (norm(matrix) / norm(random));
    return matrix.map((weight, n) => degree * weight + scale * random[n]);
  });
  return new ReferenceNetwork(graph, [...tied.weights, ...back], tied.biases);
}
