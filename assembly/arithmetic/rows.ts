// Sums of scaled rows: sum_j += Σ scale · row_j, wrapping, over rows of weights or states (T) and scales that are states.
// Rows are queued and added many at a time: a sum is then loaded and stored once for all of them.
//
// Each primitive stands here in its portable form and, for hosts, its SIMD form. Wrapping sums are associative, so
// the two give the same bits.
import { self, TEAM_LIMIT } from '../memory/team';
import { Compaction, prepareCompaction } from './compaction';
import { highPairs, Lanes, lowPairs } from './lanes';
import { AT_ONCE, addColumns, addNarrowRows, addRows } from './primitives';
import { countProducts } from './work';

/** As many as the primitives take at a time; with SIMD the sums stay in registers, and any number of rows may. */
const ROWS: i32 = ASC_FEATURE_SIMD ? 512 : AT_ONCE;
/** Compaction writes eight entries, however many of them count, and a pair may need a second; threads share no lines. */
const SPARE: i32 = ASC_FEATURE_SIMD ? 32 : 0;
/** usize[ROWS + SPARE]: addresses of the queued rows; each thread has its own. */
let rows: usize = memory.data((TEAM_LIMIT * (ROWS + SPARE)) << 2, 64);
/** State[ROWS + SPARE]: what scales them. */
let scales: usize = memory.data((TEAM_LIMIT * (ROWS + SPARE)) << alignof<State>(), 64);
let queued: i32 = 0;

/**
 * Adds scale · row to Drive[n] sums, now or by the next addQueuedRows<T>(); `scale` fits a State. Every row of a queue has
 * the same type and the same sums.
 */
export function queueRow<T>(sums: usize, row: usize, n: i32, scale: i32): void {
  store<usize>(rows + (queued << 2), row);
  store<State>(scales + (queued << alignof<State>()), scale);
  if (++queued >= ROWS) addQueuedRows<T>(sums, n);
}

/** Adds what is queued still. */
export function addQueuedRows<T>(sums: usize, n: i32): void {
  if (queued == 0) return;
  countProducts(queued, n);
  if (ASC_FEATURE_SIMD) addQueuedPairs<T>(sums, n);
  else if (sizeof<T>() == sizeof<State>()) addRows(sums, n, rows, scales, queued);
  else addNarrowRows(sums, n, rows, scales, queued);
  queued = 0;
}

/**
 * Adds Σ_i factor_i · row_i to Drive[n] sums: `matrix` holds Weight[count × n] row by row, `factors` are State[count]. Rows
 * whose factor is zero cost nothing, unless `all` are asked for.
 */
export function addScaledRows(
  sums: usize,
  n: i32,
  matrix: usize,
  factors: usize,
  count: i32,
  all: bool,
): void {
  queueRows(sums, n, matrix, n << alignof<Weight>(), factors, count, all);
  addQueuedRows<Weight>(sums, n);
}

/** The same by the next addQueuedRows<Weight>(), of rows of a matrix that lie `rowBytes` apart. */
export function queueRows(
  sums: usize,
  n: i32,
  matrix: usize,
  rowBytes: i32,
  factors: usize,
  count: i32,
  all: bool,
): void {
  // Offsets of eight rows must fit 16 bits.
  let i =
    ASC_FEATURE_SIMD && !all && rowBytes < 0x2000
      ? queueNonZero(sums, n, matrix, rowBytes, factors, count)
      : 0;
  for (let row = matrix + i * rowBytes; i < count; i++, row += rowBytes) {
    const factor = i32(load<State>(factors + (i << alignof<State>())));
    if (factor != 0 || all) queueRow<Weight>(sums, row, n, factor);
  }
}

/** Adds Σ_j factor_j · column_j to Drive[n] sums, `matrix` holding Weight[n × count] row by row, for the factors that are not zero. */
export function addScaledColumns(sums: usize, n: i32, matrix: usize, factors: usize, count: i32): void {
  const rowBytes = count << alignof<Weight>();
  for (let j = 0; j < count; j++) {
    const factor = load<State>(factors + (j << alignof<State>()));
    if (factor == 0) continue;
    store<usize>(rows + (queued << 2), matrix + (j << alignof<Weight>()));
    store<State>(scales + (queued << alignof<State>()), factor);
    if (++queued == AT_ONCE) addFourColumns(sums, n, rowBytes);
  }
  if (queued != 0) addFourColumns(sums, n, rowBytes);
}

/** Adds the queued columns, at most four, and empties the queue. */
function addFourColumns(sums: usize, n: i32, rowBytes: usize): void {
  countProducts(queued, n);
  addColumns(sums, n, rowBytes, rows, scales, queued);
  queued = 0;
}

/** Adds scale · row to i32[n] sums, row = State[n]: now, for sums that no other row is added to. */
export function addRow(sums: usize, row: usize, n: i32, scale: i32): void {
  countProducts(1, n);
  let j = 0;
  if (ASC_FEATURE_SIMD) {
    const factor = i16x8.splat(i16(scale));
    for (; j + 8 <= n; j += 8) {
      const at = sums + (j << 2);
      const values = v128.load(row + (j << 1));
      v128.store(at, i32x4.add(v128.load(at), i32x4.extmul_low_i16x8_s(values, factor)));
      v128.store(at, i32x4.add(v128.load(at, 16), i32x4.extmul_high_i16x8_s(values, factor)), 16);
    }
  }
  for (; j < n; j++) {
    const at = sums + (j << 2);
    store<i32>(at, load<i32>(at) + scale * i32(load<State>(row + (j << alignof<State>()))));
  }
}

/** Adds scale · row to i64[n] sums, row = State[n]. */
export function addWideRow(sums: usize, row: usize, n: i32, scale: i32): void {
  countProducts(1, n);
  for (let j = 0; j < n; j++) {
    const sum = sums + (j << 3);
    store<i64>(sum, load<i64>(sum) + i64(scale) * load<State>(row + (j << alignof<State>())));
  }
}

/** A helper's queue is its own. */
export function joinRows(): void {
  rows += (self * (ROWS + SPARE)) << 2;
  scales += (self * (ROWS + SPARE)) << alignof<State>();
}

/** Empties the queue, and fills the tables of the SIMD form. */
export function prepareRows(): void {
  queued = 0;
  if (ASC_FEATURE_SIMD) prepareCompaction();
}

/** Queues the rows whose factor is not zero, of the first that are a multiple of eight. Returns how many those are. */
function queueNonZero(sums: usize, n: i32, matrix: usize, rowBytes: i32, factors: usize, count: i32): i32 {
  const end = factors + ((count & ~7) << 1);
  const offsets = i16x8.mul(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(i16(rowBytes)));
  const queue = rows;
  const queueScales = scales;
  let taken = queued;
  for (let from = factors; from < end; from += 16, matrix += rowBytes << 3) {
    if (taken > ROWS - 8) {
      queued = taken;
      addQueuedRows<Weight>(sums, n);
      taken = 0;
    }
    const factor = v128.load(from);
    const zeros = Compaction.zeros(factor);
    const order = Compaction.order(zeros);
    const offset = i8x16.swizzle(offsets, order);
    const first = i32x4.splat(i32(matrix));
    const at = queue + (taken << 2);
    v128.store(at, i32x4.add(first, i32x4.extend_low_i16x8_u(offset)));
    v128.store(at, i32x4.add(first, i32x4.extend_high_i16x8_u(offset)), 16);
    v128.store(queueScales + (taken << 1), i8x16.swizzle(factor, order));
    taken += 8 - popcnt(zeros);
  }
  queued = taken;
  return count & ~7;
}

/** Adds the queued rows two by two. */
function addQueuedPairs<T>(sums: usize, n: i32): void {
  // An odd row's partner is any row, scaled by zero.
  store<usize>(rows + (queued << 2), load<usize>(rows));
  store<i16>(scales + (queued << 1), 0);
  const pairs = (queued + 1) >> 1;
  if (sizeof<T>() == sizeof<State>()) addPairs(sums, n, rows, scales, pairs);
  else addNarrowPairs(sums, n, rows, scales, pairs);
}

/**
 * sum_j += Σ_k scale_k · row_k,j, wrapping, over Drive[n] sums: `rows` is usize[2 · pairs], addresses of State[n], `scales`
 * State[2 · pairs]. A processor may have its own form of it.
 */
export function addPairs(sums: usize, n: i32, rows: usize, scales: usize, pairs: i32): void {
  Pairs.add<State>(sums, n, rows, scales, pairs);
}

/** The same of Weight[n] rows, where those are narrower than states. */
function addNarrowPairs(sums: usize, n: i32, rows: usize, scales: usize, pairs: i32): void {
  Pairs.add<Weight>(sums, n, rows, scales, pairs);
}

/** Static methods, since they may be said to be inline. */
class Pairs {
  /** A product of interleaved pairs is the sum of two products. */
  @inline
  static add<T>(sums: usize, n: i32, rows: usize, scales: usize, pairs: i32): void {
    let column = 0;
    for (; column + 24 <= n; column += 24) addPairs24<T>(sums + (column << 2), column, rows, scales, pairs);
    for (; column + 8 <= n; column += 8) addPairs8<T>(sums + (column << 2), column, rows, scales, pairs, 0);
    if (column == n) return;
    // The last columns are the end of eight that overlap those before.
    if (n >= 8) addPairs8<T>(sums + ((n - 8) << 2), n - 8, rows, scales, pairs, column + 8 - n);
    else for (; column < n; column++) addPairs1<T>(sums + (column << 2), column, rows, scales, pairs);
  }
}

/** 24 columns: as many sums as a host's registers hold beside what is added to them. */
function addPairs24<T>(sums: usize, column: i32, rows: usize, scales: usize, pairs: i32): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  const at = column << alignof<T>();
  const end = rows + (pairs << 3);
  for (; rows < end; rows += 8, scales += 4) {
    const pair = v128.load32_splat(scales);
    const a = load<usize>(rows) + at;
    const b = load<usize>(rows, 4) + at;
    let va = Lanes.load<T>(a);
    let vb = Lanes.load<T>(b);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
    va = Lanes.loadSecond<T>(a);
    vb = Lanes.loadSecond<T>(b);
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
    va = Lanes.loadThird<T>(a);
    vb = Lanes.loadThird<T>(b);
    s4 = i32x4.add(s4, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    s5 = i32x4.add(s5, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
}

/** Eight columns, of which the first `done` are left as they are. */
function addPairs8<T>(sums: usize, column: i32, rows: usize, scales: usize, pairs: i32, done: i32): void {
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  const at = column << alignof<T>();
  const end = rows + (pairs << 3);
  for (; rows < end; rows += 8, scales += 4) {
    const pair = v128.load32_splat(scales);
    const va = Lanes.load<T>(load<usize>(rows) + at);
    const vb = Lanes.load<T>(load<usize>(rows, 4) + at);
    low = i32x4.add(low, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    high = i32x4.add(high, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
  }
  const first = i32x4.splat(done);
  low = v128.and(low, i32x4.ge_s(i32x4(0, 1, 2, 3), first));
  high = v128.and(high, i32x4.ge_s(i32x4(4, 5, 6, 7), first));
  v128.store(sums, i32x4.add(v128.load(sums), low));
  v128.store(sums, i32x4.add(v128.load(sums, 16), high), 16);
}

function addPairs1<T>(sums: usize, column: i32, rows: usize, scales: usize, pairs: i32): void {
  const at = column << alignof<T>();
  let sum = load<i32>(sums);
  const end = rows + (pairs << 3);
  for (; rows < end; rows += 8, scales += 4) {
    sum += i32(load<i16>(scales)) * i32(load<T>(load<usize>(rows) + at));
    sum += i32(load<i16>(scales, 2)) * i32(load<T>(load<usize>(rows, 4) + at));
  }
  store<i32>(sums, sum);
}
