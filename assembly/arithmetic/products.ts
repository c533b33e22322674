// Sums of products: sum_j += Σ factor_i · row_j,i, i32 wrapping over i16 rows and factors, all of them, whether zero or not.
// A row is read in order, which is twice as fast as adding up scaled rows, where there are factors enough.
import { lastLanes, sumOfLanes } from './lanes';

/** Adds to i32[n] sums the products of i16[n × count] rows with i16[count] factors: the dense form of a matrix's rows. */
export function addProducts(sums: usize, n: i32, matrix: usize, factors: usize, count: i32): void {
  const rowBytes = count << 1;
  let j = 0;
  if (ASC_FEATURE_SIMD && count >= 8)
    for (; j + 4 <= n; j += 4) addProducts4(sums + (j << 2), matrix + j * rowBytes, factors, count);
  for (; j < n; j++) {
    const sum = sums + (j << 2);
    store<i32>(sum, load<i32>(sum) + dot(matrix + j * rowBytes, factors, count));
  }
}

/** Four rows at once: each factor is loaded once for them. */
function addProducts4(sums: usize, row: usize, factors: usize, count: i32): void {
  const rowBytes = count << 1;
  let a = row;
  let b = row + rowBytes;
  let c = b + rowBytes;
  let d = c + rowBytes;
  const rest = count & 7;
  const end = factors + ((count - rest) << 1);
  let sa = i32x4.splat(0);
  let sb = sa;
  let sc = sa;
  let sd = sa;
  for (; factors < end; factors += 16) {
    const factor = v128.load(factors);
    sa = i32x4.add(sa, i32x4.dot_i16x8_s(factor, v128.load(a)));
    sb = i32x4.add(sb, i32x4.dot_i16x8_s(factor, v128.load(b)));
    sc = i32x4.add(sc, i32x4.dot_i16x8_s(factor, v128.load(c)));
    sd = i32x4.add(sd, i32x4.dot_i16x8_s(factor, v128.load(d)));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  if (rest != 0) {
    // The last ones are the end of eight of which the others were added.
    const back = 16 - (rest << 1);
    const factor = lastLanes(v128.load(factors - back), rest);
    sa = i32x4.add(sa, i32x4.dot_i16x8_s(factor, v128.load(a - back)));
    sb = i32x4.add(sb, i32x4.dot_i16x8_s(factor, v128.load(b - back)));
    sc = i32x4.add(sc, i32x4.dot_i16x8_s(factor, v128.load(c - back)));
    sd = i32x4.add(sd, i32x4.dot_i16x8_s(factor, v128.load(d - back)));
  }
  // Transposed, the four sums of four lanes add up at once.
  const ab0 = v128.shuffle<i32>(sa, sb, 0, 4, 1, 5);
  const ab1 = v128.shuffle<i32>(sa, sb, 2, 6, 3, 7);
  const cd0 = v128.shuffle<i32>(sc, sd, 0, 4, 1, 5);
  const cd1 = v128.shuffle<i32>(sc, sd, 2, 6, 3, 7);
  const ab = i32x4.add(ab0, ab1);
  const cd = i32x4.add(cd0, cd1);
  const total = i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(sums, i32x4.add(v128.load(sums), total));
}

/** How many of i16[n] values are not zero. */
export function countNonZero(values: usize, n: i32): i32 {
  let count = 0;
  let j = 0;
  if (ASC_FEATURE_SIMD)
    for (; j + 8 <= n; j += 8)
      count += 8 - popcnt(i16x8.bitmask(i16x8.eq(v128.load(values + (j << 1)), i16x8.splat(0))));
  for (; j < n; j++) count += i32(load<i16>(values + (j << 1)) != 0);
  return count;
}

/** Σ_j a_j · b_j over i16[n] each. */
function dot(a: usize, b: usize, n: i32): i32 {
  const end = a + (n << 1);
  const unrolledEnd = a + ((n & ~3) << 1);
  let sum = 0;
  if (ASC_FEATURE_SIMD) {
    const vectorEnd = a + ((n & ~7) << 1);
    let sums = i32x4.splat(0);
    for (; a < vectorEnd; a += 16, b += 16)
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(a), v128.load(b)));
    sum = sumOfLanes(sums);
  }
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
