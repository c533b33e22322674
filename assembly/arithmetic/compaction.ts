// Lanes that are not zero, moved to the front: how SIMD forms leave out what changes nothing.

/** v128[256]: for every set of eight lanes of 16 bits the bytes that move the others to the front, in order. */
const orders: usize = ASC_FEATURE_SIMD ? memory.data(4096, 16) : 0;

/** Fills the table. */
export function prepareCompaction(): void {
  for (let set = 0; set < 256; set++) {
    let to = orders + (set << 4);
    for (let lane = 0; lane < 8; lane++)
      if (!(set & (1 << lane))) {
        store<u16>(to, (lane << 1) | (((lane << 1) + 1) << 8));
        to += 2;
      }
  }
}

/** Static methods, since they may be said to be inline. */
export class Compaction {
  /** A bit for each of eight lanes of 16 bits that is zero. */
  @inline
  static zeros(values: v128): i32 {
    // By way of bytes: V8's mask of lanes of 16 bits waits for whatever a register held before.
    const zero = i16x8.splat(0);
    return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.eq(values, zero), zero));
  }

  /** The order by which i8x16.swizzle() moves the lanes that are not zero to the front. */
  @inline
  static order(zeros: i32): v128 {
    return v128.load(orders + (zeros << 4));
  }
}
