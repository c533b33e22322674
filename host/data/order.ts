import { randomKey, randomWord, Stream } from '../model/index.js';

/**
 * The order of one epoch's samples: a permutation of 0 to count − 1 that depends on (seed, epoch) alone
 * (Fisher–Yates). Each draw is biased by at most count / 2³².
 */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  const order = identityOrder(count);
  const key = randomKey(seed, Stream.order, epoch);
  for (let last = count - 1; last > 0; last--) {
    // The product may round above 2⁵³, but only by 2⁻⁵³ of itself: the quotient stays below last + 1.
    const chosen = Math.floor(((randomWord(key, last) >>> 0) * (last + 1)) / 2 ** 32);
    const moved = order[last];
    order[last] = order[chosen];
    order[chosen] = moved;
  }
  return order;
}

/** The files' own order: 0, 1, … count − 1. */
export function identityOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}
