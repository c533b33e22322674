// Scaled rows added two by two, for SIMD: a product of interleaved pairs is the sum of two products.
import { highPairs, Lanes, lowPairs } from './lanes';

/**
 * Adds columns `from` … `from` + n − 1 of `count` rows to Drive[n] sums: usize[count + 1] addresses, State[count + 1] scales, of
 * which this sets the last.
 */
export function addPairs<T>(sums: usize, from: i32, n: i32, rows: usize, scales: usize, count: i32): void {
  // An odd row's partner is any row, scaled by zero.
  store<usize>(rows + (count << 2), load<usize>(rows));
  store<i16>(scales + (count << 1), 0);
  const pairs = (count + 1) >> 1;
  if (sizeof<T>() == sizeof<State>()) addStatePairs(sums, from, n, rows, scales, pairs);
  else addNarrowPairs(sums, from, n, rows, scales, pairs);
}

/** The same of twice as many rows of State as there are pairs; it works on the memory alone, and a processor may have its own form of it. */
export function addStatePairs(sums: usize, from: i32, n: i32, rows: usize, scales: usize, pairs: i32): void {
  Pairs.add<State>(sums, from, n, rows, scales, pairs);
}

/** The same of rows of Weight, where those are narrower. */
function addNarrowPairs(sums: usize, from: i32, n: i32, rows: usize, scales: usize, pairs: i32): void {
  Pairs.add<Weight>(sums, from, n, rows, scales, pairs);
}

/** Static methods, since they may be said to be inline. */
class Pairs {
  @inline
  static add<T>(sums: usize, from: i32, n: i32, rows: usize, scales: usize, pairs: i32): void {
    const lastRow = rows + (pairs << 3);
    const end = from + n;
    let column = from;
    for (; column + 24 <= end; column += 24, sums += 96) addPairs24<T>(sums, column, rows, lastRow, scales);
    if (column + 16 <= end) {
      addPairs16<T>(sums, column, rows, lastRow, scales);
      column += 16;
      sums += 64;
    }
    if (column + 8 <= end) {
      addPairs8<T>(sums, column, rows, lastRow, scales, 0);
      column += 8;
      sums += 32;
    }
    if (column == end) return;
    // The last columns are the end of eight that overlap those before.
    if (n >= 8)
      return addPairs8<T>(sums - ((column + 8 - end) << 2), end - 8, rows, lastRow, scales, column + 8 - end);
    if (n >= 4) {
      addPairs4<T>(sums, column, rows, lastRow, scales);
      column += 4;
      sums += 16;
    }
    for (; column < end; column++, sums += 4) addPairs1<T>(sums, column, rows, lastRow, scales);
  }
}

/** 24 columns: as many sums as a host's registers hold beside what is added to them. */
function addPairs24<T>(sums: usize, column: i32, rows: usize, lastRow: usize, scales: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  const at = column << alignof<T>();
  for (let row = rows, scale = scales; row < lastRow; row += 8, scale += 4) {
    const pair = v128.load32_splat(scale);
    const a = load<usize>(row) + at;
    const b = load<usize>(row, 4) + at;
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

function addPairs16<T>(sums: usize, column: i32, rows: usize, lastRow: usize, scales: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  const at = column << alignof<T>();
  for (let row = rows, scale = scales; row < lastRow; row += 8, scale += 4) {
    const pair = v128.load32_splat(scale);
    const a = load<usize>(row) + at;
    const b = load<usize>(row, 4) + at;
    let va = Lanes.load<T>(a);
    let vb = Lanes.load<T>(b);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
    va = Lanes.loadSecond<T>(a);
    vb = Lanes.loadSecond<T>(b);
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/** Eight columns, of which the first `done` are left as they are. */
function addPairs8<T>(sums: usize, column: i32, rows: usize, lastRow: usize, scales: usize, done: i32): void {
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  const at = column << alignof<T>();
  for (let row = rows, scale = scales; row < lastRow; row += 8, scale += 4) {
    const pair = v128.load32_splat(scale);
    const va = Lanes.load<T>(load<usize>(row) + at);
    const vb = Lanes.load<T>(load<usize>(row, 4) + at);
    low = i32x4.add(low, i32x4.dot_i16x8_s(lowPairs(va, vb), pair));
    high = i32x4.add(high, i32x4.dot_i16x8_s(highPairs(va, vb), pair));
  }
  const first = i32x4.splat(done);
  low = v128.and(low, i32x4.ge_s(i32x4(0, 1, 2, 3), first));
  high = v128.and(high, i32x4.ge_s(i32x4(4, 5, 6, 7), first));
  v128.store(sums, i32x4.add(v128.load(sums), low));
  v128.store(sums, i32x4.add(v128.load(sums, 16), high), 16);
}

function addPairs4<T>(sums: usize, column: i32, rows: usize, lastRow: usize, scales: usize): void {
  let sum = v128.load(sums);
  const at = column << alignof<T>();
  for (let row = rows, scale = scales; row < lastRow; row += 8, scale += 4) {
    const va = Lanes.loadFour<T>(load<usize>(row) + at);
    const vb = Lanes.loadFour<T>(load<usize>(row, 4) + at);
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(lowPairs(va, vb), v128.load32_splat(scale)));
  }
  v128.store(sums, sum);
}

function addPairs1<T>(sums: usize, column: i32, rows: usize, lastRow: usize, scales: usize): void {
  const at = column << alignof<T>();
  let sum = load<i32>(sums);
  for (let row = rows, scale = scales; row < lastRow; row += 8, scale += 4) {
    sum += i32(load<i16>(scale)) * i32(load<T>(load<usize>(row) + at));
    sum += i32(load<i16>(scale, 2)) * i32(load<T>(load<usize>(row, 4) + at));
  }
  store<i32>(sums, sum);
}
