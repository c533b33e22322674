/** Kinds of connections: how the units of two layers share parameters. Each has a file here, named as the kernel's. */
import type { ConnectionKind } from '../../wire/index.js';

export type ConnectionKindName = keyof typeof ConnectionKind;

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
  /** The index of the parameter that joins unit `i` of `pre` and unit `j` of `post`, or −1 where none does. */
  element(i: number, j: number): number;
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

export interface Kind {
  /** Names of the parameters that a connection of this kind has beside its ends, in the order of the wire: whole numbers of 16 bits, five at most. */
  readonly words: readonly string[];
  /** Throws `UserError` where there can be no such connection. */
  check(placed: Omit<Placed, 'seed'>): void;
  map(placed: Placed): SharingMap;
}
