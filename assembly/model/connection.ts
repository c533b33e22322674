// A tied dense connection: one matrix for both directions, so the network has an energy (Eq. 34).
//
// Sums are wrapping 32-bit: exact whenever the total fits, in any order.
import { transpose } from '../arithmetic/matrix';
import { addProducts, countNonZero } from '../arithmetic/products';
import { addScaledColumns, addScaledRows } from '../arithmetic/rows';
import { Layer } from './layer';

@unmanaged
export class Connection {
  pre: Layer;
  post: Layer;
  /** i16[pre.size × post.size], weight format, row-major: a row is what one unit of `pre` sends. */
  weights: usize;
  /** i16[post.size × pre.size], the weights transposed: a row is what one unit of `post` sends. 0 where there is none. */
  mirror: usize;
  /** Index of its first weight among the parameters of the network. */
  firstParameter: u32;
}

/** Adds W ρ to the drives of `post`, ρ = i16[pre.size]: rates, or changes of rates; the zero ones too if `all`. */
export function sendForward(connection: Connection, rates: usize, all: bool): void {
  const count = connection.pre.size;
  const post = connection.post;
  if (connection.mirror != 0 && !all && areMany(rates, count, post.size))
    addProducts(post.drives, post.size, connection.mirror, rates, count);
  else addScaledRows(post.drives, post.size, connection.weights, rates, count, all);
}

/** Adds Wᵀ ρ to the drives of `pre`, ρ = i16[post.size]: rates, or changes of rates; the zero ones too if `all`. */
export function sendBackward(connection: Connection, rates: usize, all: bool): void {
  const count = connection.post.size;
  const pre = connection.pre;
  if (all || (ASC_FEATURE_SIMD && areMany(rates, count, pre.size)))
    addProducts(pre.drives, pre.size, connection.weights, rates, count);
  else if (connection.mirror != 0)
    addScaledRows(pre.drives, pre.size, connection.mirror, rates, count, false);
  else addScaledColumns(pre.drives, pre.size, connection.weights, rates, count);
}

/** Whether so many of the rates are not zero that adding all of them up is less work: found by measurement, for vectors. */
function areMany(rates: usize, count: i32, targets: i32): bool {
  const active = countNonZero(rates, count);
  return targets < 24 ? active << 3 > count : active << 1 > count;
}

/** Brings the mirror up to date with the weights. */
export function mirrorWeights(connection: Connection): void {
  if (ASC_FEATURE_SIMD && connection.mirror != 0)
    transpose(connection.mirror, connection.weights, connection.pre.size, connection.post.size);
}
