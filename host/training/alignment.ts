/** How far two ways between the same layers have the same weights. */
import type { Graph } from '../model/index.js';
import { align, cosine } from '../verification/index.js';

/**
 * cos(W, Bᵀ) of each way back with the way forth between its layers, in the order of the ways back; null where
 * one is zero. Both matrices have the rows of the way forth.
 */
export function alignments(
  { connections }: Graph,
  weights: readonly ArrayLike<number>[],
): readonly (number | null)[] {
  return connections.flatMap(({ pre, post, ways, kind }, k) => {
    if (ways !== 'back') return [];
    const forth = connections.findIndex(
      (one) => one.ways === 'forth' && one.pre === pre && one.post === post && one.kind === kind,
    );
    return forth < 0 || weights[forth].length !== weights[k].length
      ? []
      : [cosine(align(weights[forth], weights[k]))];
  });
}
