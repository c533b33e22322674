// Rounding and saturation. Every function is exact for the ranges it states.

/** value · 2^−shift to nearest, halves up. 1 ≤ shift ≤ 62, |value| < 2^62. */
export function roundNearest(value: i64, shift: i64): i64 {
  return (value + ((<i64>1) << (shift - 1))) >> shift;
}

/**
 * value · 2^−shift, rounded up with the probability of the fraction cut off, the random word being uniform: the
 * mean is exact to 2^−32 of a unit. 1 ≤ shift ≤ 62, |value| < 2^62.
 */
export function roundStochastic(value: i64, shift: i64, random: u32): i64 {
  const threshold = shift >= 32 ? i64(u64(random) << (shift - 32)) : i64(random >> u32(32 - shift));
  return (value + threshold) >> shift;
}

let saturations: u32 = 0;

/** How many stores were clipped since the count was last cleared. */
export function saturationCount(): u32 {
  return saturations;
}

export function clearSaturations(): void {
  saturations = 0;
}

/** Clips to the range of a 16-bit weight, and counts. */
export function saturateWeight(value: i64): i32 {
  const clipped = min<i64>(max<i64>(value, i16.MIN_VALUE), i16.MAX_VALUE);
  if (clipped != value) saturations++;
  return i32(clipped);
}

/** Clips to the range of a 32-bit bias, and counts. */
export function saturateBias(value: i64): i32 {
  const clipped = min<i64>(max<i64>(value, i32.MIN_VALUE), i32.MAX_VALUE);
  if (clipped != value) saturations++;
  return i32(clipped);
}
