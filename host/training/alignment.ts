/** How far two ways between the same layers have the same weights. */
import type { Graph } from '../model/index.js';

/** cos(W, Bᵀ) of each way back with the way forth between its layers, in the order of the ways back; null where one is zero. */
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
      : [cosineOf(weights[forth], weights[k])];
  });
}

/** Both matrices have the rows of the way forth. */
function cosineOf(forth: ArrayLike<number>, back: ArrayLike<number>): number | null {
  let [both, first, second] = [0, 0, 0];
  for (let n = 0; n < forth.length; n++) {
    both += forth[n] * back[n];
    first += forth[n] * forth[n];
    second += back[n] * back[n];
  }
  return first > 0 && second > 0 ? both / Math.sqrt(first * second) : null;
}
