// Vectors added up, element by element.

/** to_j += from_j over T[n], wrapping. */
export function addElements<T>(to: usize, from: usize, n: i32): void {
  const bytes: usize = n << alignof<T>();
  let at: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; at + 16 <= bytes; at += 16) {
      const a = v128.load(to + at);
      const b = v128.load(from + at);
      v128.store(to + at, sizeof<T>() == 2 ? i16x8.add(a, b) : i32x4.add(a, b));
    }
  }
  for (; at < bytes; at += sizeof<T>()) {
    const sum = i64(load<T>(to + at)) + i64(load<T>(from + at));
    store<T>(to + at, sum as T);
  }
}
