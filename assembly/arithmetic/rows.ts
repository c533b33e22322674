// Sums of scaled rows: sum_j += Σ scale · row_j, i32 wrapping over i16 rows and scales. Rows are queued and added
// four at a time, which loads and stores each sum once for four products instead of once for each.
//
// Each primitive stands here in its portable form and, for hosts, its SIMD form. Wrapping sums are associative, so
// the two give the same bits.

const ROWS: i32 = 4;
/** Address and scale of each queued row. */
const queue: usize = memory.data(ROWS * 8, 4);
let queued: i32 = 0;

/**
 * Adds scale · row to i32[n] sums, now or by the next addQueuedRows(); −2¹⁵ ≤ scale < 2¹⁵. Every row of a queue has
 * the same sums.
 */
export function queueRow(sums: usize, row: usize, n: i32, scale: i32): void {
  const entry = queue + (queued << 3);
  store<usize>(entry, row);
  store<i32>(entry, scale, 4);
  if (++queued == ROWS) addQueuedRows(sums, n);
}

/** Adds what is queued still. */
export function addQueuedRows(sums: usize, n: i32): void {
  if (queued == 0) return;
  // A row short of four is a row scaled by zero.
  for (; queued < ROWS; queued++) {
    store<usize>(queue + (queued << 3), load<usize>(queue));
    store<i32>(queue + (queued << 3), 0, 4);
  }
  queued = 0;
  let a = load<usize>(queue);
  let b = load<usize>(queue, 8);
  let c = load<usize>(queue, 16);
  let d = load<usize>(queue, 24);
  const p = load<i32>(queue, 4);
  const q = load<i32>(queue, 12);
  const r = load<i32>(queue, 20);
  const s = load<i32>(queue, 28);
  const end = a + (n << 1);
  if (ASC_FEATURE_SIMD) {
    const ab = i32x4.splat((p & 0xffff) | (q << 16));
    const cd = i32x4.splat((r & 0xffff) | (s << 16));
    const vectorEnd = a + ((n & ~7) << 1);
    while (a < vectorEnd) {
      const va = v128.load(a);
      const vb = v128.load(b);
      const vc = v128.load(c);
      const vd = v128.load(d);
      const lowAB = i32x4.dot_i16x8_s(v128.shuffle<i16>(va, vb, 0, 8, 1, 9, 2, 10, 3, 11), ab);
      const highAB = i32x4.dot_i16x8_s(v128.shuffle<i16>(va, vb, 4, 12, 5, 13, 6, 14, 7, 15), ab);
      const lowCD = i32x4.dot_i16x8_s(v128.shuffle<i16>(vc, vd, 0, 8, 1, 9, 2, 10, 3, 11), cd);
      const highCD = i32x4.dot_i16x8_s(v128.shuffle<i16>(vc, vd, 4, 12, 5, 13, 6, 14, 7, 15), cd);
      v128.store(sums, i32x4.add(v128.load(sums), i32x4.add(lowAB, lowCD)));
      v128.store(sums, i32x4.add(v128.load(sums, 16), i32x4.add(highAB, highCD)), 16);
      sums += 32;
      a += 16;
      b += 16;
      c += 16;
      d += 16;
    }
  }
  // Not unrolled: with more to hold, a Cortex-M runs out of registers, and compilers unroll where it helps.
  const bytes = end - a;
  for (let j: usize = 0; j < bytes; j += 2) {
    store<i32>(
      sums + (j << 1),
      load<i32>(sums + (j << 1)) +
        p * load<i16>(a + j) +
        q * load<i16>(b + j) +
        r * load<i16>(c + j) +
        s * load<i16>(d + j),
    );
  }
}

/** Σ_j a_j · b_j over i16[n] each. */
export function dot(a: usize, b: usize, n: i32): i32 {
  const end = a + (n << 1);
  let sum = 0;
  if (ASC_FEATURE_SIMD) {
    const vectorEnd = a + ((n & ~7) << 1);
    let sums = i32x4.splat(0);
    while (a < vectorEnd) {
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
    }
    sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
    sum += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  }
  const unrolledEnd = a + (((end - a) >> 3) << 3);
  while (a < unrolledEnd) {
    sum += i32(load<i16>(a)) * load<i16>(b);
    sum += i32(load<i16>(a, 2)) * load<i16>(b, 2);
    sum += i32(load<i16>(a, 4)) * load<i16>(b, 4);
    sum += i32(load<i16>(a, 6)) * load<i16>(b, 6);
    a += 8;
    b += 8;
  }
  while (a < end) {
    sum += i32(load<i16>(a)) * load<i16>(b);
    a += 2;
    b += 2;
  }
  return sum;
}
