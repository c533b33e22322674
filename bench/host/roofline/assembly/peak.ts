// The fastest that a machine multiplies and accumulates i16: one factor or vector of them held, the others loaded.
// Four sums, so that none waits for the one before.

/** Multiplies `bytes` of i16 again and again, `times` over; bytes are a multiple of 16. */
export function multiplyScalars(bytes: i32, times: i32, factor: i32): i32 {
  const from = __heap_base;
  const end = from + bytes;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let t = 0; t < times; t++)
    for (let at = from; at < end; at += 16) {
      s0 += factor * load<i16>(at);
      s1 += factor * load<i16>(at, 2);
      s2 += factor * load<i16>(at, 4);
      s3 += factor * load<i16>(at, 6);
      s0 += factor * load<i16>(at, 8);
      s1 += factor * load<i16>(at, 10);
      s2 += factor * load<i16>(at, 12);
      s3 += factor * load<i16>(at, 14);
    }
  return s0 + s1 + s2 + s3;
}

/** The same in vectors; bytes are a multiple of 64. */
export function multiplyVectors(bytes: i32, times: i32, factor: i32): i32 {
  const from = __heap_base;
  const end = from + bytes;
  const factors = i16x8.splat(i16(factor));
  let s0 = i32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let t = 0; t < times; t++)
    for (let at = from; at < end; at += 64) {
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load(at), factors));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load(at, 16), factors));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load(at, 32), factors));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load(at, 48), factors));
    }
  return i32x4.extract_lane(i32x4.add(i32x4.add(s0, s1), i32x4.add(s2, s3)), 0);
}
