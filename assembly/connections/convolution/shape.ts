// The shape of a convolution, and its patches: what one sends to the channels of its place, and what those send back.
import { addProducts } from '../../arithmetic/products';
import { addQueuedRows, addScaledColumns, queueRows } from '../../arithmetic/rows';
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

/**
 * Queues what a patch sends to Drive[channels of post] sums, of State[rows × columns × channels of pre] rates. Its upper left
 * corner may lie outside: what does sends nothing.
 */
export function queuePatch(
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
  const first = max(0, -column);
  const units = (min(side, columns - column) - first) * channels;
  if (units <= 0) return;
  const n = c.columns;
  const rowBytes = n << alignof<Weight>();
  for (let line = max(0, -row), end = min(side, rows - row); line < end; line++)
    queueRows(
      sums,
      n,
      c.weights + (line * side + first) * channels * rowBytes,
      rowBytes,
      rates + ((((row + line) * columns + column + first) * channels) << alignof<State>()),
      units,
      all,
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
    if (c.mirror != 0) {
      const transposed = c.mirror + (element << alignof<Weight>());
      queueRows(to, units, transposed, c.rows << alignof<Weight>(), rates, n, all);
      addQueuedRows<Weight>(to, units);
    } else if (all) addProducts(to, units, matrix, rates, n);
    else addScaledColumns(to, units, matrix, rates, n);
  }
}
