import { joinLayers, placeLayers } from '#host/model/graph';
import { encodeGraph } from '#host/model/graph-records';

/**
 * What CONFIGURE says of dense layers in a chain, of these sizes, possible or not.
 * @param fractions fractional bits of the weights, of all connections or of each
 */
export function chainRecords(sizes: readonly number[], fractions: number | readonly number[] = 13) {
  const layers = placeLayers(sizes.map((channels) => ({ channels, rows: 1, columns: 1 })));
  const joined = sizes
    .slice(1)
    .map((_, k) => ({ pre: k, post: k + 1, kind: 'dense', fixed: false, words: {} }) as const);
  const each = typeof fractions === 'number' ? joined.map(() => fractions) : fractions;
  return encodeGraph(joinLayers(layers, joined, 1), each);
}
