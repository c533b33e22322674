// Vectors added up, element by element.

/** to_j += from_j over State[n], wrapping. */
export function addStates(to: usize, from: usize, n: i32): void {
  const bytes: usize = n << alignof<State>();
  let at: usize = 0;
  if (ASC_FEATURE_SIMD)
    for (; at + 16 <= bytes; at += 16)
      v128.store(to + at, i16x8.add(v128.load(to + at), v128.load(from + at)));
  for (; at < bytes; at += sizeof<State>())
    store<State>(to + at, i32(load<State>(to + at)) + i32(load<State>(from + at)));
}

/** to_j −= from_j over State[n]. */
export function subtractStates(to: usize, from: usize, n: i32): void {
  const bytes: usize = n << alignof<State>();
  let at: usize = 0;
  if (ASC_FEATURE_SIMD)
    for (; at + 16 <= bytes; at += 16)
      v128.store(to + at, i16x8.sub(v128.load(to + at), v128.load(from + at)));
  for (; at < bytes; at += sizeof<State>())
    store<State>(to + at, i32(load<State>(to + at)) - i32(load<State>(from + at)));
}

/** State to_j += u8 from_j over n elements. */
export function addBytes(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++, to += sizeof<State>())
    store<State>(to, i32(load<State>(to)) + i32(load<u8>(from + j)));
}

/** i64 to_j += i32 from_j over n elements, in the SIMD form. */
export function addWidened(to: usize, from: usize, n: i32): void {
  const whole = n & ~3;
  for (let j = 0; j < whole; j += 4) {
    const values = v128.load(from + (j << 2));
    const at = to + (j << 3);
    v128.store(at, i64x2.add(v128.load(at), i64x2.extend_low_i32x4_s(values)));
    v128.store(at, i64x2.add(v128.load(at, 16), i64x2.extend_high_i32x4_s(values)), 16);
  }
  for (let j = whole; j < n; j++)
    store<i64>(to + (j << 3), load<i64>(to + (j << 3)) + i64(load<i32>(from + (j << 2))));
}
