// Sums of products: sum_j += Σ factor_i · row_j,i, wrapping, over rows of weights and factors, all of them, zero or not.
// A row is read in order, which is twice as fast as adding up scaled rows, where there are factors enough.
import { Compaction } from './compaction';
import { Lanes, lastLanes, sumOfLanes } from './lanes';
import { countProducts } from './work';

/** Adds to Drive[n] sums the products of Weight[n × count] rows with State[count] factors: the dense form of a matrix's rows. */
export function addProducts(sums: usize, n: i32, matrix: usize, factors: usize, count: i32): void {
  countProducts(n, count);
  sumProducts(sums, n, matrix, factors, count);
}

/** The same, uncounted: it works on the memory alone, and a processor may have its own form of it. */
export function sumProducts(sums: usize, n: i32, matrix: usize, factors: usize, count: i32): void {
  const rowBytes = count << alignof<Weight>();
  let j = 0;
  if (ASC_FEATURE_SIMD && count >= 8)
    for (; j + 4 <= n; j += 4) addProducts4(sums + (j << 2), matrix + j * rowBytes, factors, count);
  for (; j < n; j++) {
    const sum = sums + (j << alignof<Drive>());
    store<Drive>(sum, load<Drive>(sum) + dot(matrix + j * rowBytes, factors, count));
  }
}

/** Four rows at once: each factor is loaded once for them. */
function addProducts4(sums: usize, row: usize, factors: usize, count: i32): void {
  const rowBytes = count << alignof<Weight>();
  const step: usize = 8 << alignof<Weight>();
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
    sa = i32x4.add(sa, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(a)));
    sb = i32x4.add(sb, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(b)));
    sc = i32x4.add(sc, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(c)));
    sd = i32x4.add(sd, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(d)));
    a += step;
    b += step;
    c += step;
    d += step;
  }
  if (rest != 0) {
    // The last ones are the end of eight of which the others were added.
    const back = 16 - (rest << 1);
    const weightsBack = (8 - rest) << alignof<Weight>();
    const factor = lastLanes(v128.load(factors - back), rest);
    sa = i32x4.add(sa, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(a - weightsBack)));
    sb = i32x4.add(sb, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(b - weightsBack)));
    sc = i32x4.add(sc, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(c - weightsBack)));
    sd = i32x4.add(sd, i32x4.dot_i16x8_s(factor, Lanes.load<Weight>(d - weightsBack)));
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

/** How many of State[n] values are not zero. */
export function countNonZero(values: usize, n: i32): i32 {
  let count = 0;
  let j = 0;
  if (ASC_FEATURE_SIMD)
    for (; j + 8 <= n; j += 8) count += 8 - popcnt(Compaction.zeros(v128.load(values + (j << 1))));
  for (; j < n; j++) count += i32(load<State>(values + (j << alignof<State>())) != 0);
  return count;
}

/** Σ_j w_j · s_j over Weight[n] and State[n]. */
function dot(weights: usize, states: usize, n: i32): Drive {
  const w: usize = sizeof<Weight>();
  const s: usize = sizeof<State>();
  const end = states + (n << alignof<State>());
  const unrolledEnd = states + ((n & ~3) << alignof<State>());
  let sum: Drive = 0;
  if (ASC_FEATURE_SIMD) {
    const vectorEnd = states + ((n & ~7) << 1);
    let sums = i32x4.splat(0);
    for (; states < vectorEnd; states += 16, weights += 8 << alignof<Weight>())
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(Lanes.load<Weight>(weights), v128.load(states)));
    sum = sumOfLanes(sums) as Drive;
  }
  while (states < unrolledEnd) {
    sum += (load<Weight>(weights) as Drive) * load<State>(states);
    sum += (load<Weight>(weights, sizeof<Weight>()) as Drive) * load<State>(states, sizeof<State>());
    sum += (load<Weight>(weights, 2 * sizeof<Weight>()) as Drive) * load<State>(states, 2 * sizeof<State>());
    sum += (load<Weight>(weights, 3 * sizeof<Weight>()) as Drive) * load<State>(states, 3 * sizeof<State>());
    weights += 4 * w;
    states += 4 * s;
  }
  while (states < end) {
    sum += (load<Weight>(weights) as Drive) * load<State>(states);
    weights += w;
    states += s;
  }
  return sum;
}
