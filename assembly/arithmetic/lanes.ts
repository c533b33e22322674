// Lanes of vectors.

export function sumOfLanes(sums: v128): i32 {
  const pairs = i32x4.add(sums, v128.shuffle<i64>(sums, sums, 1, 0));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** The last `count` of eight lanes of 16 bits; the others are zero. */
export function lastLanes(values: v128, count: i32): v128 {
  return v128.and(values, i16x8.ge_s(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(i16(8 - count))));
}

/** a0 b0 a1 b1 a2 b2 a3 b3 of lanes of 16 bits. */
export function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** a4 b4 a5 b5 a6 b6 a7 b7 of lanes of 16 bits. */
export function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
