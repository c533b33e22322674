// Local, tied: a unit of `post` is joined to all channels of a patch of `pre`, side × side, that begins at its own row and
// column times the stride. Nothing is shared, as in a convolution it would be.
//
// A row of the matrix is what one unit of a patch sends to the channels of its place. Patches lie one after another, each
// line by line: a line's units lie one after another in `pre`, too.
import { addProducts } from '../arithmetic/products';
import { addScaledColumns, addScaledRows } from '../arithmetic/rows';
import { allocateParameters } from '../memory/arena';
import { fail } from '../messages/errors';
import { ArenaPart, ConnectionRecord, ErrorCode, LayerRecord } from '../messages/wire';
import { Connection } from '../network/connection';
import { sumUnits } from './dense';

/** The record's words are the side of a patch and the stride. */
export function isPossible(record: usize, pre: usize, post: usize, place: i32): bool {
  const side: u32 = ConnectionRecord.first(record);
  const stride: u32 = ConnectionRecord.second(record);
  const columns: u32 = LayerRecord.columns(pre);
  // The value that errors tell, and the one that would fit.
  let value: u32 = LayerRecord.rows(pre);
  let fitting = min(value, columns);
  if (side == 0 || side > fitting) {
    value = side;
  } else if (stride == 0) {
    value = stride;
    fitting = 1;
  } else {
    fitting = reach(LayerRecord.rows(post), side, stride);
    if (value == fitting) {
      value = columns;
      fitting = reach(LayerRecord.columns(post), side, stride);
      if (value == fitting) return true;
    }
  }
  fail(ErrorCode.badWords, value, fitting, place);
  return false;
}

/** Units in a row that so many patches cover. */
function reach(patches: u32, side: u32, stride: u32): u32 {
  return (patches - 1) * stride + side;
}

/** own: the side, and the stride above 16 bits. */
export function layOut(c: Connection, record: usize): void {
  const side = i32(ConnectionRecord.first(record));
  const post = c.post;
  c.own = side | (u32(ConnectionRecord.second(record)) << 16);
  c.rows = post.rows * post.columns * side * side * c.pre.channels;
  c.columns = post.channels;
  c.repeats = 1;
  c.weights = allocateParameters(
    ArenaPart.weights,
    (u64(c.rows) * c.columns) << alignof<Weight>(),
    c.isFixed,
  );
}

function sideOf(c: Connection): i32 {
  return c.own & 0xffff;
}

/** Where a line of a patch begins among the units of `pre`. */
function unitOf(c: Connection, line: i32): i32 {
  const side = sideOf(c);
  const stride = i32(c.own >>> 16);
  const pre = c.pre;
  const place = line / side;
  const columns = c.post.columns;
  const row = (place / columns) * stride + (line % side);
  return (row * pre.columns + (place % columns) * stride) * pre.channels;
}

export function send(c: Connection, rates: usize, all: bool): void {
  pass(c, rates, all, false);
}

export function sendBack(c: Connection, rates: usize, all: bool): void {
  pass(c, rates, all, true);
}

/** Sends line by line, to `pre` or to `post`. */
function pass(c: Connection, rates: usize, all: bool, back: bool): void {
  const n = c.columns;
  const side = sideOf(c);
  const units = side * c.pre.channels;
  const lines = c.rows / units;
  let matrix = c.weights;
  for (let line = 0; line < lines; line++, matrix += (units * n) << alignof<Weight>()) {
    const pre = unitOf(c, line);
    const post = (line / side) * n;
    const from = rates + ((back ? post : pre) << alignof<State>());
    const sums = back ? c.pre.drives + (pre << alignof<Drive>()) : c.post.drives + (post << alignof<Drive>());
    if (!back) addScaledRows(sums, n, matrix, from, units, all);
    else if (all) addProducts(sums, units, matrix, from, n);
    else addScaledColumns(sums, units, matrix, from, n);
  }
}

export function sumRows(c: Connection, row: i32, moved: i32, narrow: bool): bool {
  const side = sideOf(c);
  const units = side * c.pre.channels;
  const line = row / units;
  const n = c.columns;
  return sumUnits(c, unitOf(c, line) + (row % units), (line / side) * n, n, moved, narrow);
}
