// Counter-based randomness: a function of (seed, stream, step, index), never of call order.
// The host's twin of this file is host/model/random.ts.

const GOLDEN: u32 = 0x9e3779b9;

/** A bijection of 32-bit words with low bias (Wellons' lowbias32). */
export function mix32(word: u32): u32 {
  let x = word;
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

/** The key of one (seed, stream, step); every index under it draws with one more mix. */
export function randomKey(seed: u32, stream: u32, step: u32): u32 {
  return mix32(mix32(mix32(seed ^ GOLDEN) + stream) + step);
}

export function randomWord(key: u32, index: u32): u32 {
  return mix32(key ^ (index * GOLDEN));
}
