/**
 * Headroom: drives are wrapping sums, exact as long as the final value fits. A unit's drive lies between its
 * bias plus the sum of its negative weights and its bias plus the sum of its positive ones, rates being within
 * [0, 1] and pixels, where dropout makes the kept ones stronger, within [0, inputScale]; while that range fits no
 * drive can have wrapped. Where a unit takes the greatest of several sums, each of these must fit by itself too, without the
 * bias: it is compared with the others.
 */
import { decimals, UserError } from '../ground/index.js';
import {
  type Formats,
  forEachJoint,
  type Graph,
  MEAN_FRACTION,
  type NetworkParameters,
  type SharingMap,
  takesGreatest,
} from '../model/index.js';

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
  /** The greatest size of a sum that is compared with others. */
  const compared = layers.map(({ units }) => new Float64Array(units));
  connections.forEach(({ pre, post, ways, map }, k) => {
    const matrix = weights[k];
    const one = 2 ** formats.weights[k].fraction;
    const isFromInput = pre === 0;
    // The input's rates stay below their bound, but it is close enough.
    const strongest = isFromInput ? inputScale : 1;
    const join = takesGreatest(map) ? joinGreatest : joinSums;
    const along = isFromInput ? centreOf(layers[post], biases[post - 1], formats) : undefined;
    const weightAt = (element: number) => matrix[element] / one - (along?.(element) ?? 0);
    join(map, layers[pre].units, layers[post].units, weightAt, {
      into: (j, weight) => {
        if (ways !== 'back') (weight > 0 ? high : low)[post][j] += strongest * weight;
      },
      back: (i, weight) => {
        if (!isFromInput && ways !== 'forth') (weight > 0 ? high : low)[pre][i] += weight;
      },
      compare: (j, sum) => {
        compared[post][j] = Math.max(compared[post][j], strongest * sum);
      },
    });
  });
  const range = 2 ** (formats.drives.bits - 1 - formats.drives.fraction);
  return biases.map((vector, k) => {
    const layer = k + 1;
    let unit = 0;
    let bound = 0;
    for (let j = 0; j < layers[layer].units; j++) {
      const offset = vector[j % vector.length] / 2 ** formats.biases.fraction;
      const reach = Math.max(high[layer][j] + offset, -(low[layer][j] + offset), compared[layer][j]);
      if (reach > bound) [unit, bound] = [j, reach];
    }
    return { layer, unit, bound, range };
  });
}

/** Learnt by a centred layer along its mean image, as it counts for the weight of each element; what is rounded is far below a drive's range. */
function centreOf(
  { isCentred, units }: Graph['layers'][number],
  vector: NetworkParameters['biases'][number],
  { biases }: Pick<Formats, 'biases'>,
): ((element: number) => number) | undefined {
  if (!isCentred) return undefined;
  const mean = vector.subarray(2 * units);
  const square = mean.reduce((sum, one) => sum + one * one, 0);
  if (square === 0) return undefined;
  const scale = 2 ** (MEAN_FRACTION - biases.fraction) / square;
  return (element) => mean[Math.floor(element / units)] * vector[units + (element % units)] * scale;
}

/** Adds weights to the ranges of the units that they reach. */
interface Ranges {
  into(j: number, weight: number): void;
  back(i: number, weight: number): void;
  /** @param sum the size of one that unit j of `post` compares */
  compare(j: number, sum: number): void;
}

function joinSums(
  map: SharingMap,
  pre: number,
  post: number,
  weightAt: (element: number) => number,
  { into, back }: Ranges,
): void {
  forEachJoint(map, pre, post, (i, j, element) => {
    into(j, weightAt(element));
    back(i, weightAt(element));
  });
}

/** Whichever place is chosen: the widest range of those into a unit, and the widest weights back. */
function joinGreatest(
  map: SharingMap,
  pre: number,
  post: number,
  weightAt: (element: number) => number,
  { into, back, compare }: Ranges,
): void {
  const places = map.pooled?.places ?? 1;
  const sums = { high: new Float64Array(places), low: new Float64Array(places) };
  const reached = { high: new Float64Array(pre), low: new Float64Array(pre) };
  const units = new Set<number>();
  const finish = (j: number) => {
    const [most, least] = [Math.max(...sums.high), Math.min(...sums.low)];
    into(j, most);
    into(j, least);
    compare(j, Math.max(most, -least));
    for (const i of units) {
      back(i, reached.high[i]);
      back(i, reached.low[i]);
      reached.high[i] = 0;
      reached.low[i] = 0;
    }
    units.clear();
    sums.high.fill(0);
    sums.low.fill(0);
  };
  let last = 0;
  forEachJoint(map, pre, post, (i, j, element, place) => {
    if (j !== last) finish(last);
    last = j;
    units.add(i);
    const weight = weightAt(element);
    if (weight > 0) {
      sums.high[place] += weight;
      reached.high[i] = Math.max(reached.high[i], weight);
    } else {
      sums.low[place] += weight;
      reached.low[i] = Math.min(reached.low[i], weight);
    }
  });
  finish(last);
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
