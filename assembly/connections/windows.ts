// Windows, tied: each unit of `post` sees a window of the rows and columns of `pre` alone, all channels, drawn once from
// the seed, its sides and its place uniform. What it does not see has weights of zero, and they stay zero: all else is as
// dense.
import { randomKey, randomWord } from '../arithmetic/random';
import { allocate, zero } from '../memory/arena';
import { fail } from '../messages/errors';
import { ArenaPart, ConnectionRecord, ErrorCode, LayerRecord, Stream } from '../messages/wire';
import { Connection } from '../network/connection';
import { seed } from '../network/graph';
import { Layer } from '../network/layer';
import { contrastRow } from '../network/minibatch';
import * as dense from './dense';

export { mirror, send, sendBack } from './dense';

const MOST_SIDE: i32 = 255;

/** The record's words are the least and the greatest side of a window. */
export function isPossible(record: usize, pre: usize, _post: usize, place: i32): bool {
  const least = i32(ConnectionRecord.first(record));
  const most = i32(ConnectionRecord.second(record));
  const rows = i32(LayerRecord.rows(pre));
  const columns = i32(LayerRecord.columns(pre));
  const side = min(rows, columns);
  if (max(rows, columns) > MOST_SIDE) fail(ErrorCode.badWords, max(rows, columns), MOST_SIDE, place);
  else if (least > 0 && least <= most && most <= side) return true;
  else fail(ErrorCode.badWords, most <= side ? least : most, most <= side ? most : side, place);
  return false;
}

/** own: u8[units × 4]: first row, end of the rows, first column, end of the columns. */
export function layOut(c: Connection, record: usize): void {
  dense.layOut(c, record);
  c.own = allocate(ArenaPart.weights, u64(c.post.size) << 2);
}

/** Draws the windows: a random word a unit, a byte each for height, width, row and column. */
export function draw(c: Connection, record: usize, index: i32): void {
  const key = randomKey(seed, Stream.fields, index);
  const least = i32(ConnectionRecord.first(record));
  const sides = i32(ConnectionRecord.second(record)) - least + 1;
  const pre = c.pre;
  for (let j = 0; j < c.post.size; j++) {
    const word = randomWord(key, j);
    const height = least + i32(((word & 0xff) * sides) >> 8);
    const width = least + i32((((word >> 8) & 0xff) * sides) >> 8);
    const row = i32((((word >> 16) & 0xff) * (pre.rows - height + 1)) >> 8);
    const column = i32(((word >> 24) * (pre.columns - width + 1)) >> 8);
    const window = c.own + (j << 2);
    store<u8>(window, row);
    store<u8>(window, row + height, 1);
    store<u8>(window, column, 2);
    store<u8>(window, column + width, 3);
  }
}

export function has(c: Connection, parameter: u32): bool {
  const place = i32(parameter) / c.columns / c.pre.channels;
  const columns = c.pre.columns;
  return isWithin(c.own + ((i32(parameter) % c.columns) << 2), place / columns, place % columns);
}

function isWithin(window: usize, row: i32, column: i32): bool {
  return (
    row >= i32(load<u8>(window)) &&
    row < i32(load<u8>(window, 1)) &&
    column >= i32(load<u8>(window, 2)) &&
    column < i32(load<u8>(window, 3))
  );
}

export function sumRows(c: Connection, i: i32, moved: i32, narrow: bool): bool {
  if (!dense.sumRows(c, i, moved, narrow)) return false;
  if (narrow) keepSeen<i32>(c, i);
  else keepSeen<i64>(c, i);
  return true;
}

/** Zeroes the sums of units that do not see unit i of `pre`. */
function keepSeen<T>(c: Connection, i: i32): void {
  const pre: Layer = c.pre;
  const place = i / pre.channels;
  const row = place / pre.columns;
  const column = place % pre.columns;
  const windows = c.own;
  const units = c.columns;
  let j = 0;
  if (ASC_FEATURE_SIMD && sizeof<T>() == 4) {
    const at = i32x4.splat((row * 0x101) | ((column * 0x101) << 16));
    // Begun, and not ended: bytes of a window up to the unit's own are ones.
    const seen = i32x4.splat(0x00ff00ff);
    for (; j + 4 <= units; j += 4) {
      const begun = i8x16.le_u(v128.load(windows + (j << 2)), at);
      const sum = contrastRow + (j << 2);
      v128.store(sum, v128.and(v128.load(sum), i32x4.eq(begun, seen)));
    }
  }
  for (; j < units; j++)
    if (!isWithin(windows + (j << 2), row, column)) zero(contrastRow + (j << alignof<T>()), sizeof<T>());
}
