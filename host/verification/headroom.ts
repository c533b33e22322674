/**
 * Headroom: drives are wrapping sums, exact as long as the final value fits. A unit's drive lies between its
 * bias plus the sum of its negative weights and its bias plus the sum of its positive ones, rates being within
 * [0, 1] and pixels, where dropout makes the kept ones stronger, within [0, inputScale]; while that range fits no
 * drive can have wrapped.
 */
import { decimals, UserError } from '../ground/index.js';
import type { Formats, Graph, NetworkParameters } from '../model/index.js';

export interface LayerHeadroom {
  /** 1 … the output. */
  readonly layer: number;
  /** The unit with the widest range. */
  readonly unit: number;
  /** The greatest absolute drive it can reach. */
  readonly bound: number;
  /** Where drives wrap. */
  readonly range: number;
}

/**
 * The tightest unit of every free layer.
 * @param inputScale how strong the pixels are in training
 */
export function headroom(
  { layers, connections }: Pick<Graph, 'layers' | 'connections'>,
  { weights, biases }: NetworkParameters,
  formats: Pick<Formats, 'weights' | 'drives' | 'biases'>,
  inputScale: number,
): readonly LayerHeadroom[] {
  const high = layers.map(({ units }) => new Float64Array(units));
  const low = layers.map(({ units }) => new Float64Array(units));
  connections.forEach(({ pre, post, map }, k) => {
    const matrix = weights[k];
    const one = 2 ** formats.weights[k].fraction;
    const isFromInput = pre === 0;
    // The input's rates stay below their bound, but it is close enough.
    const strongest = isFromInput ? inputScale : 1;
    for (let i = 0; i < layers[pre].units; i++)
      for (let j = 0; j < layers[post].units; j++) {
        const element = map.element(i, j);
        if (element < 0) continue;
        const weight = matrix[element] / one;
        const side = weight > 0 ? high : low;
        side[post][j] += strongest * weight;
        if (!isFromInput) side[pre][i] += weight;
      }
  });
  const range = 2 ** (formats.drives.bits - 1 - formats.drives.fraction);
  return biases.map((vector, k) => {
    const layer = k + 1;
    let unit = 0;
    let bound = 0;
    for (let j = 0; j < layers[layer].units; j++) {
      const offset = vector[j % vector.length] / 2 ** formats.biases.fraction;
      const reach = Math.max(high[layer][j] + offset, -(low[layer][j] + offset));
      if (reach > bound) [unit, bound] = [j, reach];
    }
    return { layer, unit, bound, range };
  });
}

/** Returns whether no drive can wrap. */
export function hasHeadroom(layers: readonly LayerHeadroom[]): boolean {
  return layers.every(({ bound, range }) => bound < range);
}

/** Stops a run before a drive can wrap. */
export function requireHeadroom(layers: readonly LayerHeadroom[]): void {
  for (const { layer, unit, bound, range } of layers)
    if (bound >= range)
      throw new UserError(
        `the drive of unit ${unit} in layer ${layer} can reach ${decimals(bound, 1)}, its format ends at ${range}`,
        'choose formats with fewer fractional bits (weights or states), smaller rates, or weight decay',
      );
}
