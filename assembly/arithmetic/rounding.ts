// Rounding and saturation. Every function is exact for the ranges it states.
//
// Each rounding adds a fraction of the unit before it cuts off: a uniform random one to round stochastically, and one
// half to round to nearest, halves up. The fraction is a word / 2³².

/** The fraction that rounds to nearest. */
export const HALF: u32 = 0x80000000;

/** value · 2^−shift to nearest, halves up. 1 ≤ shift ≤ 62, |value| < 2^62. */
export function roundNearest(value: i64, shift: i64): i64 {
  return (value + ((<i64>1) << (shift - 1))) >> shift;
}

/**
 * value · 2^−shift, rounded up where the fraction cut off and the one added reach a unit: of a uniform fraction the mean
 * is exact to 2^−32 of a unit. 1 ≤ shift ≤ 62, |value| < 2^62.
 */
export function roundWith(value: i64, shift: i64, fraction: u32): i64 {
  const threshold = shift >= 32 ? i64(u64(fraction) << (shift - 32)) : i64(fraction >> u32(32 - shift));
  return (value + threshold) >> shift;
}

/** Returns whether scaleNarrow() is exact for sums up to `bound` in size. */
export function isNarrow(bound: u64, shift: i32): bool {
  return shift > 16 && shift <= 46 && bound + ((<u64>1) << (shift - 16)) < 0x80000000;
}

/**
 * roundWith(sum · mantissa, shift, fraction) in 32 bits, where isNarrow(): sum = high · 2¹⁶ + low, and what the product
 * has below 2¹⁶ only decides on a carry. mantissa < 2¹⁶.
 */
export function scaleNarrow(sum: i32, mantissa: u32, shift: i32, fraction: u32): i32 {
  const below = (shift > 32 ? fraction << (shift - 32) : fraction >> (32 - shift)) & 0xffff;
  const carried = (u32(sum & 0xffff) * mantissa + below) >> 16;
  return ((sum >> 16) * i32(mantissa) + i32(carried) + i32(fraction >> (48 - shift))) >> (shift - 16);
}

/** Forms for vectors. Static methods, since they may be said to be inline. */
export class Vectors {
  /**
   * scaleNarrow() of four sums and fractions: (sum · factor + fraction · 2ᵉ) >> 32 + e in 64 bits, of which the upper halves
   * are kept. `factor` is narrowFactor().
   */
  @inline
  static scaleNarrow4(sums: v128, factor: v128, e: i32, fractions: v128): v128 {
    let low = i64x2.extend_low_i32x4_u(fractions);
    let high = i64x2.extend_high_i32x4_u(fractions);
    if (e > 0) {
      low = i64x2.shl(low, e);
      high = i64x2.shl(high, e);
    }
    low = i64x2.add(low, i64x2.extmul_low_i32x4_s(sums, factor));
    high = i64x2.add(high, i64x2.extmul_high_i32x4_s(sums, factor));
    const upper = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
    return e > 0 ? i32x4.shr_s(upper, e) : upper;
  }
}

/** The mantissa, scaled so that a shift below 32 becomes one of 32: below 2³¹, where isNarrow(). */
export function narrowFactor(mantissa: u32, shift: i32): i32 {
  return mantissa << max(32 - shift, 0);
}

let saturations: u32 = 0;

/** How many stores were clipped since the count was last cleared. */
export function saturationCount(): u32 {
  return saturations;
}

/** Counts those of another thread. */
export function countSaturations(more: u32): void {
  saturations += more;
}

export function clearSaturations(): void {
  saturations = 0;
}

export const WEIGHT_BITS: i32 = 8 * sizeof<Weight>();
const MOST_WEIGHT: i64 = ((<i64>1) << i64(WEIGHT_BITS - 1)) - 1;

/** Clips to the range of a weight, and counts. */
export function saturateWeight(value: i64): i32 {
  const clipped = min<i64>(max<i64>(value, -MOST_WEIGHT - 1), MOST_WEIGHT);
  if (clipped != value) saturations++;
  return i32(clipped);
}

/** Clips to the range of a 32-bit bias, and counts. */
export function saturateBias(value: i64): i32 {
  const clipped = min<i64>(max<i64>(value, i32.MIN_VALUE), i32.MAX_VALUE);
  if (clipped != value) saturations++;
  return i32(clipped);
}
