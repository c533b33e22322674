// The shape of a convolution, and its patches: what one sends to the channels of its place, and what those send back.
import { addProducts } from '../../arithmetic/products';
import {
  addLines,
  addQueuedColumns,
  addScaledColumns,
  emptyQueue,
  MOST_QUEUED,
  queueRows,
} from '../../arithmetic/rows';
import { Connection } from '../../network/connection';

export const MOST_SIDE: u32 = 255;
export const MOST_STRIDE: u32 = 63;
export const MOST_POOL: u32 = 15;

/** The word `own` of a connection. */
export function packShape(side: i32, stride: i32, padding: i32, pool: i32): usize {
  return side | (stride << 8) | (padding << 14) | (pool << 22);
}

export function sideOf(c: Connection): i32 {
  return c.own & 0xff;
}

export function strideOf(c: Connection): i32 {
  return (c.own >>> 8) & 0x3f;
}

export function paddingOf(c: Connection): i32 {
  return (c.own >>> 14) & 0xff;
}

/** Places of a unit of `post` in a row: it pools as many in a column. */
export function poolOf(c: Connection): i32 {
  return (c.own >>> 22) & 0xf;
}

/** Returns whether any of State[n] is not zero. */
export function isAny(values: usize, n: i32): bool {
  let j = 0;
  if (ASC_FEATURE_SIMD)
    for (; j + 8 <= n; j += 8) if (v128.any_true(v128.load(values + (j << 1)))) return true;
  for (; j < n; j++) if (load<State>(values + (j << alignof<State>())) != 0) return true;
  return false;
}

/**
 * Adds what a patch sends to Drive[channels of post] sums, of State[rows × columns × channels of pre] rates. Its upper left
 * corner may lie outside: what does sends nothing.
 */
export function sendPatch(
  c: Connection,
  sums: usize,
  rates: usize,
  rows: i32,
  columns: i32,
  row: i32,
  column: i32,
  all: bool,
): void {
  const side = sideOf(c);
  const channels = c.pre.channels;
  const n = c.columns;
  const line = max(0, -row);
  const first = max(0, -column);
  const element = (line * side + first) * channels;
  const unit = ((row + line) * columns + column + first) * channels;
  addLines(
    sums,
    n,
    c.weights + ((element * n) << alignof<Weight>()),
    rates + (unit << alignof<State>()),
    (min(side, columns - column) - first) * channels,
    all,
    min(side, rows - row) - line,
    (c.block * n) << alignof<Weight>(),
    (columns * channels) << alignof<State>(),
  );
}

/** Adds what State[channels of post] rates of a place send back to Drive[rows × columns × channels of pre] sums. */
export function sendPatchBack(
  c: Connection,
  sums: usize,
  rows: i32,
  columns: i32,
  row: i32,
  column: i32,
  rates: usize,
  all: bool,
): void {
  if (ASC_FEATURE_SIMD && c.mirror != 0)
    return sendPatchBackByRows(c, sums, rows, columns, row, column, rates, all);
  const side = sideOf(c);
  const channels = c.pre.channels;
  const first = max(0, -column);
  const units = (min(side, columns - column) - first) * channels;
  if (units <= 0) return;
  const n = c.columns;
  for (let line = max(0, -row), end = min(side, rows - row); line < end; line++) {
    const element = (line * side + first) * channels;
    const to = sums + ((((row + line) * columns + column + first) * channels) << alignof<Drive>());
    const matrix = c.weights + ((element * n) << alignof<Weight>());
    if (all) addProducts(to, units, matrix, rates, n);
    else addScaledColumns(to, units, matrix, rates, n);
  }
}

/** The same by rows of the mirror, each of which is what a channel sends to a whole patch. */
function sendPatchBackByRows(
  c: Connection,
  sums: usize,
  rows: i32,
  columns: i32,
  row: i32,
  column: i32,
  rates: usize,
  all: bool,
): void {
  const side = sideOf(c);
  const channels = c.pre.channels;
  const first = max(0, -column);
  const units = (min(side, columns - column) - first) * channels;
  if (units <= 0) return;
  const rowBytes = c.rows << alignof<Weight>();
  const end = min(side, rows - row);
  for (let channel = 0; channel < c.columns; channel += MOST_QUEUED) {
    const matrix = c.mirror + channel * rowBytes;
    const some = min(c.columns - channel, MOST_QUEUED);
    queueRows(sums, units, matrix, rowBytes, rates + (channel << alignof<State>()), some, all);
    for (let line = max(0, -row); line < end; line++) {
      const to = sums + ((((row + line) * columns + column + first) * channels) << alignof<Drive>());
      addQueuedColumns(to, (line * side + first) * channels, units);
    }
    emptyQueue();
  }
}
