// Sums of scaled rows: sum_j += Σ scale · row_j, wrapping, over rows of weights or states (T) and scales that are states.
// Rows are queued and added many at a time: a sum is then loaded and stored once for all of them.
//
// Each primitive stands here in its portable form and, for hosts, its SIMD form. Wrapping sums are associative, so
// the two give the same bits.
import { self } from '../memory/team';
import { Compaction, prepareCompaction } from './compaction';
import { addPairs } from './pairs';
import { AT_ONCE, addColumns, addListed, addMultiples, addNarrowRows, addRows } from './primitives';
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
  if (ASC_FEATURE_SIMD) addPairs<T>(sums, 0, n, rows, scales, queued);
  else if (sizeof<T>() == sizeof<State>()) addRows(sums, n, rows, scales, queued);
  else addNarrowRows(sums, n, rows, scales, queued);
  queued = 0;
}

/** Rows that the SIMD form's queue holds, whatever they are, without adding any. */
export const MOST_QUEUED: i32 = ROWS - 8;

/** Adds columns `from` … `from` + n − 1 of the queued rows to Drive[n] sums, and keeps the queue. SIMD form only. */
export function addQueuedColumns(sums: usize, from: i32, n: i32): void {
  countProducts(queued, n);
  if (queued != 0) addPairs<Weight>(sums, from, n, rows, scales, queued);
}

export function emptyQueue(): void {
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
  addLines(sums, n, matrix, factors, count, all, 1, 0, 0);
}

/** The same of so many lines of rows and factors; from one to the next are `matrixStep` and `factorStep` bytes. */
export function addLines(
  sums: usize,
  n: i32,
  matrix: usize,
  factors: usize,
  count: i32,
  all: bool,
  lines: i32,
  matrixStep: usize,
  factorStep: usize,
): void {
  if (!ASC_FEATURE_SIMD && !all) addPatch(sums, n, matrix, factors, count, lines, matrixStep, factorStep);
  else passLines(sums, n, matrix, factors, count, all, lines, matrixStep, factorStep);
}

/**
 * A primitive as those of primitives.ts, but for the queue, which is empty before and after: sum_j += Σ factor · row_j, wrapping,
 * over Drive[n] sums, of all factors that are not zero: `lines` of State[count], `factorStep` bytes from one to the next, their
 * rows Weight[count × n], `matrixStep` bytes from one line's to the next one's.
 */
export function addPatch(
  sums: usize,
  n: i32,
  matrix: usize,
  factors: usize,
  count: i32,
  lines: i32,
  matrixStep: usize,
  factorStep: usize,
): void {
  passLines(sums, n, matrix, factors, count, false, lines, matrixStep, factorStep);
}

function passLines(
  sums: usize,
  n: i32,
  matrix: usize,
  factors: usize,
  count: i32,
  all: bool,
  lines: i32,
  matrixStep: usize,
  factorStep: usize,
): void {
  const rowBytes = n << alignof<Weight>();
  for (; lines > 0; lines--, matrix += matrixStep, factors += factorStep)
    queueRows(sums, n, matrix, rowBytes, factors, count, all);
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
  // Two at a time: most are zero.
  if (!ASC_FEATURE_SIMD && sizeof<State>() == 2 && !all && count > 1 && (factors & 3) == 0) {
    i = count & ~1;
    for (let at = factors, end = factors + (i << 1); at < end; at += 4) {
      let two = load<u32>(at);
      if (two == 0) continue;
      for (let row = matrix + ((at - factors) >> 1) * rowBytes; two != 0; two >>= 16, row += rowBytes)
        if (i16(two) != 0) queueRow<Weight>(sums, row, n, i16(two));
    }
  }
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

/** Adds State[n], scaled by each of State[count], to as many rows of i32[n] sums. Returns whether any scale is not zero. */
export function addMultiplesOf(sums: usize, n: i32, row: usize, scales: usize, count: i32): bool {
  const some = addMultiples(sums, n, row, scales, count);
  countProducts(some, n);
  return some != 0;
}

/** Adds scale · row to Drive[…] sums where a list of u16[count] says: offsets of the row's elements, in bytes. */
export function addListedOf(sums: usize, row: usize, list: usize, count: i32, scale: i32): void {
  countProducts(1, count);
  addListed(sums, row, list, count, scale);
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
    if (taken > MOST_QUEUED) {
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

/**
 * Queues `count` rows that lie u32[count] offsets beyond `base`, scaled by State[count] factors. Reads as many of both as make
 * up eights.
 */
export function queueRun(sums: usize, n: i32, base: usize, offsets: usize, factors: usize, count: i32): void {
  const first = i32x4.splat(i32(base));
  for (; count > 0; count -= 8, offsets += 32, factors += 16) {
    if (queued > MOST_QUEUED) addQueuedRows<Weight>(sums, n);
    const at = rows + (queued << 2);
    v128.store(at, i32x4.add(first, v128.load(offsets)));
    v128.store(at, i32x4.add(first, v128.load(offsets, 16)), 16);
    v128.store(scales + (queued << 1), v128.load(factors));
    queued += min(count, 8);
  }
}
