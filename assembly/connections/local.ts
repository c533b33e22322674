// Local, tied: a unit of `post` is joined to all channels of a patch of `pre`, side × side, that begins at its own row and
// column times the stride. Nothing is shared, as in a convolution it would be.
//
// A row of the matrix is what one unit of a patch sends to the channels of its place. Patches lie one after another, each
// line by line: a line's units lie one after another in `pre`, too.
import { addProducts } from '../arithmetic/products';
import { addQueuedRows, addScaledColumns, queueRow } from '../arithmetic/rows';
import { allocate } from '../memory/arena';
import { fail } from '../messages/errors';
import { ArenaPart, ConnectionRecord, ErrorCode, LayerRecord } from '../messages/wire';
import { Connection } from '../network/connection';
import { sumUnits } from './dense';

/** The record's words are the side of a patch and the stride. */
export function isPossible(record: usize, pre: usize, post: usize, place: i32): bool {
  const side = ConnectionRecord.first(record);
  const stride = ConnectionRecord.second(record);
  const rows = LayerRecord.rows(pre);
  const columns = LayerRecord.columns(pre);
  const most = min(rows, columns);
  const down = reach(LayerRecord.rows(post), side, stride);
  const across = reach(LayerRecord.columns(post), side, stride);
  if (side == 0 || side > most) fail(ErrorCode.badWords, side, most, place);
  else if (stride == 0) fail(ErrorCode.badWords, stride, 1, place);
  else if (rows != down) fail(ErrorCode.badWords, rows, down, place);
  else if (columns != across) fail(ErrorCode.badWords, columns, across, place);
  else return true;
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
  c.weights = allocate(ArenaPart.weights, (u64(c.rows) * c.columns) << alignof<Weight>());
  c.mirror = 0;
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
  const n = c.columns;
  const side = sideOf(c);
  const units = side * c.pre.channels;
  const lines = c.rows / units;
  let row = c.weights;
  let sums = c.post.drives;
  let left = side;
  for (let line = 0; line < lines; line++) {
    let from = rates + (unitOf(c, line) << alignof<State>());
    for (let i = 0; i < units; i++, from += sizeof<State>(), row += n << alignof<Weight>()) {
      const factor = i32(load<State>(from));
      if (factor != 0 || all) queueRow<Weight>(sums, row, n, factor);
    }
    if (--left > 0) continue;
    addQueuedRows<Weight>(sums, n);
    sums += n << alignof<Drive>();
    left = side;
  }
}

export function sendBack(c: Connection, rates: usize, all: bool): void {
  const n = c.columns;
  const side = sideOf(c);
  const units = side * c.pre.channels;
  const lines = c.rows / units;
  let matrix = c.weights;
  for (let line = 0; line < lines; line++, matrix += (units * n) << alignof<Weight>()) {
    const sums = c.pre.drives + (unitOf(c, line) << alignof<Drive>());
    const factors = rates + (((line / side) * n) << alignof<State>());
    if (all) addProducts(sums, units, matrix, factors, n);
    else addScaledColumns(sums, units, matrix, factors, n);
  }
}

export function sumRow(c: Connection, row: i32, moved: i32, narrow: bool): bool {
  const side = sideOf(c);
  const units = side * c.pre.channels;
  const line = row / units;
  const n = c.columns;
  return sumUnits(c, unitOf(c, line) + (row % units), (line / side) * n, n, moved, narrow);
}
