// Lanes of vectors.

/** Eight elements as lanes of 16 bits, whatever they are stored in: i8 or i16. Static methods, since they may be said to be inline. */
export class Lanes {
  @inline
  static load<T>(at: usize): v128 {
    return sizeof<T>() == 1 ? v128.load8x8_s(at) : v128.load(at);
  }

  /** The second eight from an address. */
  @inline
  static loadSecond<T>(at: usize): v128 {
    return sizeof<T>() == 1 ? v128.load8x8_s(at, 8) : v128.load(at, 16);
  }

  @inline
  static loadThird<T>(at: usize): v128 {
    return sizeof<T>() == 1 ? v128.load8x8_s(at, 16) : v128.load(at, 32);
  }

  /** Four elements; the other lanes are any. */
  @inline
  static loadFour<T>(at: usize): v128 {
    if (sizeof<T>() == 1) return i16x8.extend_low_i8x16_s(v128.load32_zero(at));
    return v128.load64_zero(at);
  }

  /** Lanes beyond the range of T are clipped. */
  @inline
  static store<T>(at: usize, lanes: v128): void {
    if (sizeof<T>() == 1) v128.store64_lane(at, i8x16.narrow_i16x8_s(lanes, lanes), 0);
    else v128.store(at, lanes);
  }

  /** The lanes clipped to the range of T. */
  @inline
  static clip<T>(lanes: v128): v128 {
    if (sizeof<T>() == 2) return lanes;
    return i16x8.max_s(i16x8.min_s(lanes, i16x8.splat(i8.MAX_VALUE)), i16x8.splat(i8.MIN_VALUE));
  }
}

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
