/**
 * Counter-based randomness: a number is a function of (seed, stream, step, index), never of call order, so
 * any host, board or thread draws the same one. The kernel has the same function in
 * `assembly/arithmetic/random.ts`; a test holds the two together.
 */

export { Stream } from '../wire/index.js';

const GOLDEN = 0x9e3779b9;

/** A bijection of 32-bit words with low bias (Wellons' `lowbias32`). */
export function mix32(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) | 0;
}

/** The key of one (seed, stream, step); every index under it draws with one more mix. */
export function randomKey(seed: number, stream: number, step: number): number {
  return mix32(mix32(mix32(seed ^ GOLDEN) + stream) + step);
}

/** A signed 32-bit random word. */
export function randomWord(key: number, index: number): number {
  return mix32(key ^ Math.imul(index, GOLDEN));
}
