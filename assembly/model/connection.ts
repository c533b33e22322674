// A tied dense connection: one matrix for both directions, so the network has an energy (Eq. 34).
//
// Sums wrap: exact whenever the total fits, in any order.
//
// A network's drives have one format, the finest weights'. Rates that pass coarser ones are scaled up by the difference.
import { transpose } from '../arithmetic/matrix';
import { addProducts, countNonZero } from '../arithmetic/products';
import { addScaledColumns, addScaledRows } from '../arithmetic/rows';
import { Layer } from './layer';

@unmanaged
export class Connection {
  pre: Layer;
  post: Layer;
  /** Weight[pre.size × post.size], its format, row-major: a row is what one unit of `pre` sends. */
  weights: usize;
  /** Weight[post.size × pre.size], the weights transposed: a row is what one unit of `post` sends. 0 where there is none. */
  mirror: usize;
  /** Index of its first weight among the parameters of the network. */
  firstParameter: u32;
  /** Fractional bits of its weights. */
  fraction: i32;
}

/** Fractional bits of the finest weights. */
let finest: i32 = 0;
/** State[the widest layer]: rates scaled up for coarser ones. 0 where there are none. */
let scaled: usize = 0;

export function scaleUpTo(finestFraction: i32, at: usize): void {
  finest = finestFraction;
  scaled = at;
}

/** The rates as a connection sends them. */
function scaleUp(connection: Connection, rates: usize, count: i32): usize {
  const shift = finest - connection.fraction;
  if (shift == 0) return rates;
  for (let at: usize = 0, end: usize = count << alignof<State>(); at < end; at += sizeof<State>())
    store<State>(scaled + at, i32(load<State>(rates + at)) << shift);
  return scaled;
}

/** Adds W ρ to the drives of `post`, unscaled = State[pre.size]: rates, or changes of rates; the zero ones too if `all`. */
export function sendForward(connection: Connection, unscaled: usize, all: bool): void {
  const count = connection.pre.size;
  const rates = scaleUp(connection, unscaled, count);
  const post = connection.post;
  if (connection.mirror != 0 && !all && areMany(rates, count, post.size))
    addProducts(post.drives, post.size, connection.mirror, rates, count);
  else addScaledRows(post.drives, post.size, connection.weights, rates, count, all);
}

/** Adds Wᵀ ρ to the drives of `pre`, unscaled = State[post.size]: rates, or changes of rates; the zero ones too if `all`. */
export function sendBackward(connection: Connection, unscaled: usize, all: bool): void {
  const count = connection.post.size;
  const rates = scaleUp(connection, unscaled, count);
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
    transpose<Weight>(connection.mirror, connection.weights, connection.pre.size, connection.post.size);
}
