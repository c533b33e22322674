// Convolution, tied: a kernel of side × side slides over the rows and columns of `pre`, and a unit of `post` pools
// pool × pool of its places: their sum, or the greatest. All units of a channel share the kernel.
//
// A row of the matrix is what one unit of a patch sends to the channels of its place: row = (line · side + column) ·
// channels + channel. The lines of a patch lie one after another in `pre`, too.
import { transpose } from '../arithmetic/matrix';
import { countNonZero } from '../arithmetic/products';
import { addQueuedRows } from '../arithmetic/rows';
import { allocate, allocateOwn, allocateParameters } from '../memory/arena';
import { fail } from '../messages/errors';
import { ArenaPart, ConnectionRecord, ErrorCode, LayerRecord, MAX_UNITS, Rule, Ways } from '../messages/wire';
import { Connection } from '../network/connection';
import { ofStateSlots } from '../network/minibatch';
import { partBytes } from './convolution/block';
import {
  boxBytes,
  boxColumns,
  boxedDrives,
  boxedRates,
  boxRows,
  clearBoxedDrives,
  fillBoxes,
  spreadBoxes,
} from './convolution/boxes';
import {
  greatestBytes,
  keepChoices,
  restGreatest,
  sendGreatest,
  sendGreatestBack,
} from './convolution/greatest';
import { packedBytes, packPlaces, queuePackedPatch } from './convolution/packed';
import {
  MOST_POOL,
  MOST_SIDE,
  MOST_STRIDE,
  packShape,
  paddingOf,
  poolOf,
  sendPatch,
  sendPatchBack,
  sideOf,
  strideOf,
} from './convolution/shape';

export { sumRows } from './convolution/block';

/** The record's words are the side of the kernel, its stride, the padding, the side of the pooled places, and 1 where the greatest counts. */
export function isPossible(record: usize, pre: usize, post: usize, place: i32): bool {
  const side: u32 = ConnectionRecord.first(record);
  const stride: u32 = ConnectionRecord.second(record);
  const padding: u32 = ConnectionRecord.third(record);
  const pool: u32 = ConnectionRecord.fourth(record);
  const greatest: u32 = ConnectionRecord.fifth(record);
  const rows: u32 = u32(LayerRecord.rows(pre)) + 2 * padding;
  const columns: u32 = u32(LayerRecord.columns(pre)) + 2 * padding;
  const down: u32 = u32(LayerRecord.rows(post)) * pool;
  const across: u32 = u32(LayerRecord.columns(post)) * pool;
  return (
    isWithin(side, 1, min<u32>(min(rows, columns), MOST_SIDE), place) &&
    isWithin(side * side, 1, MAX_UNITS / LayerRecord.channels(pre), place) &&
    isWithin(stride, 1, MOST_STRIDE, place) &&
    isWithin(padding, 0, side - 1, place) &&
    isWithin(pool, 1, MOST_POOL, place) &&
    isWithin(greatest, 0, 1, place) &&
    (greatest == 0 || isOfGreatest(record, place)) &&
    isWithin(ConnectionRecord.rule(record), 0, mostRule(record), place) &&
    isWithin(down, (rows - side) / stride + 1, (rows - side) / stride + 1, place) &&
    isWithin(across, (columns - side) / stride + 1, (columns - side) / stride + 1, place)
  );
}

/** Returns whether a choice of the greatest can be made: by what is sent forth, and learnt from by the contrast. Fails where not. */
function isOfGreatest(record: usize, place: i32): bool {
  const rule = ConnectionRecord.pre(record) == 0 ? Rule.rates : Rule.contrast;
  return (
    isWithin(ConnectionRecord.ways(record), 0, Ways.forth, place) &&
    isWithin(ConnectionRecord.rule(record), 0, rule, place)
  );
}

/** Steps of the nudged phases are not noted place by place. From the input all rules are the same. */
function mostRule(record: usize): i32 {
  return ConnectionRecord.pre(record) == 0 ? Rule.rates : Rule.presynaptic;
}

/** Returns whether a word lies between two others; fails where not, with the one that would fit. */
function isWithin(value: u32, least: u32, most: u32, place: i32): bool {
  if (value >= least && value <= most) return true;
  fail(ErrorCode.badWords, value, most, place);
  return false;
}

/** Returns the bits that a sum of pool × pool rates has more. */
export function growth(record: usize): i32 {
  const pool = i32(ConnectionRecord.fourth(record));
  return ConnectionRecord.fifth(record) != 0 ? 0 : 32 - i32(clz(pool * pool - 1));
}

export function layOut(c: Connection, record: usize): void {
  const side = i32(ConnectionRecord.first(record));
  const pool = i32(ConnectionRecord.fourth(record));
  const post = c.post;
  const places = post.rows * post.columns;
  c.own = packShape(side, ConnectionRecord.second(record), ConnectionRecord.third(record), pool);
  c.chooses = pool > 1 && ConnectionRecord.fifth(record) != 0;
  c.rows = side * side * c.pre.channels;
  c.columns = post.channels;
  c.block = side * c.pre.channels;
  c.repeats = c.chooses ? places : places * pool * pool;
  const bytes = (u64(c.rows) * c.columns) << alignof<Weight>();
  c.weights = allocateParameters(ArenaPart.weights, bytes, c.isFixed);
  if (ASC_FEATURE_SIMD && !c.isFromInput) c.mirror = allocate(ArenaPart.weights, bytes);
  // Offsets below the scratch, which both forms of a place have.
  const below = partBytes(c) + packedBytes(c);
  c.scratch = allocateOwn(ArenaPart.drives, below + (c.chooses ? greatestBytes(c) : boxBytes(c)));
  c.scratch += usize(below);
  if (c.chooses) {
    const sides = c.isFixed ? 0 : c.isFromInput ? 1 : 2;
    c.choices = allocate(ArenaPart.states, ofStateSlots(sides * post.size));
  }
}

export function send(c: Connection, rates: usize, all: bool): void {
  if (c.chooses) sendGreatest(c, rates, all);
  else if (ASC_FEATURE_SIMD && !all) sendPacked(c, rates);
  else sendPlaces(c, rates, all);
}

function sendPacked(c: Connection, rates: usize): void {
  const post = c.post;
  const n = c.columns;
  const step = strideOf(c) * poolOf(c);
  packPlaces(c, rates);
  let sums = post.drives;
  for (let row = 0; row < post.rows; row++)
    for (let column = 0; column < post.columns; column++, sums += n << alignof<Drive>()) {
      queuePackedPatch(c, sums, row * step, column * step);
      addQueuedRows<Weight>(sums, n);
    }
}

function sendPlaces(c: Connection, rates: usize, all: bool): void {
  const post = c.post;
  const n = c.columns;
  const step = strideOf(c) * poolOf(c);
  let from = rates;
  let rows = c.pre.rows;
  let columns = c.pre.columns;
  let padding = paddingOf(c);
  if (poolOf(c) > 1) {
    fillBoxes(c, rates, all);
    from = boxedRates(c);
    rows = boxRows(c);
    columns = boxColumns(c);
    padding = 0;
  }
  let sums = post.drives;
  for (let row = 0; row < post.rows; row++)
    for (let column = 0; column < post.columns; column++, sums += n << alignof<Drive>())
      sendPatch(c, sums, from, rows, columns, row * step - padding, column * step - padding, all);
}

export function sendBack(c: Connection, rates: usize, all: bool): void {
  if (c.chooses) return sendGreatestBack(c, rates, all);
  const post = c.post;
  const n = c.columns;
  const step = strideOf(c) * poolOf(c);
  let to = c.pre.drives;
  let rows = c.pre.rows;
  let columns = c.pre.columns;
  let padding = paddingOf(c);
  if (poolOf(c) > 1) {
    clearBoxedDrives(c);
    to = boxedDrives(c);
    rows = boxRows(c);
    columns = boxColumns(c);
    padding = 0;
  }
  for (let row = 0; row < post.rows; row++)
    for (let column = 0; column < post.columns; column++, rates += n << alignof<State>())
      if (all || countNonZero(rates, n) != 0)
        sendPatchBack(c, to, rows, columns, row * step - padding, column * step - padding, rates, all);
  if (poolOf(c) > 1) spreadBoxes(c);
}

export function rest(c: Connection): void {
  if (c.chooses) restGreatest(c);
}

export function keep(c: Connection, slot: i32, side: i32): void {
  if (c.chooses && !c.isFromInput && !c.isFixed) keepChoices(c, slot, side);
}

/** A weight that padding alone would meet is none. */
export function has(c: Connection, parameter: u32): bool {
  const place = i32(parameter) / c.columns / c.pre.channels;
  return (
    meets(c, place / sideOf(c), c.post.rows, c.pre.rows) &&
    meets(c, place % sideOf(c), c.post.columns, c.pre.columns)
  );
}

/** Returns whether a line (or column) of the kernel meets one of `pre` anywhere. */
function meets(c: Connection, line: i32, ends: i32, lines: i32): bool {
  const stride = strideOf(c);
  const first = (max(paddingOf(c) - line, 0) + stride - 1) / stride;
  return first < ends * poolOf(c) && first * stride + line - paddingOf(c) < lines;
}

export function mirror(c: Connection): void {
  if (ASC_FEATURE_SIMD && c.mirror != 0) transpose<Weight>(c.mirror, c.weights, c.rows, c.columns);
}
