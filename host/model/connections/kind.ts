/** Kinds of connections: how the units of two layers share parameters. Each has a file here, named as the kernel's. */
export type { ConnectionKindName } from '../../wire/index.js';

/** Units of a layer in channels × rows × columns; channels come last, a vector has one row and one column. */
export interface Shape {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

export function sizeOf({ channels, rows, columns }: Shape): number {
  return channels * rows * columns;
}

/** Which parameter joins which units: everything that is to be known of a connection follows from it. */
export interface SharingMap {
  /** Rows of the connection's matrix, row-major: rounding and digests go row by row. */
  readonly rows: number;
  readonly columns: number;
  /**
   * Where a unit of `post` pools several places, how many, and what it takes of them: the sum, or the greatest, the first of
   * equals. Absent: one.
   */
  readonly pooled?: { readonly places: number; readonly by: 'sum' | 'maximum' };
  /** Pairs of units that share a parameter, at most, those of places that are summed counted each. Absent: one. */
  readonly repeats?: number;
  /** The index of the parameter that joins unit `i` of `pre` and unit `j` of `post` at one of its places, or −1 where none does. */
  element(i: number, j: number, place?: number): number;
  /** The same the other way round, for who needs all of them: visits each unit of `pre` that is joined. */
  into?(j: number, place: number, visit: (i: number, element: number) => void): void;
  /** Connections that end in a unit of `post`, and that leave one of `pre`: what Glorot's limit looks at. */
  readonly fan: readonly [into: number, outOf: number];
}

export interface Placed {
  readonly pre: Shape;
  readonly post: Shape;
  /** One a name in `words`. */
  readonly words: Readonly<Record<string, number>>;
  /** The seed of the network's randomness. */
  readonly seed: number;
  /** The connection's place in the network. */
  readonly index: number;
}

/** Visits every pair of units that a map joins, place by place of each unit of `post`. */
export function forEachJoint(
  map: SharingMap,
  pre: number,
  post: number,
  visit: (i: number, j: number, element: number, place: number) => void,
): void {
  const places = map.pooled?.places ?? 1;
  for (let j = 0; j < post; j++)
    for (let place = 0; place < places; place++) {
      if (map.into) {
        map.into(j, place, (i, element) => visit(i, j, element, place));
        continue;
      }
      for (let i = 0; i < pre; i++) {
        const element = map.element(i, j, place);
        if (element >= 0) visit(i, j, element, place);
      }
    }
}

/** Returns whether a unit of `post` takes the greatest of several sums. */
export function takesGreatest({ pooled }: SharingMap): boolean {
  return pooled?.by === 'maximum';
}

export interface Kind {
  /** Names of the parameters that a connection of this kind has beside its ends, in the order of the wire: whole numbers of 16 bits, five at most. */
  readonly words: readonly string[];
  /** Values of those that may be left out. */
  readonly defaults?: Readonly<Record<string, number>>;
  /** Throws `UserError` where there can be no such connection. */
  check(placed: Omit<Placed, 'seed'>): void;
  map(placed: Placed): SharingMap;
}
