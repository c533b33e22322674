// A 64-bit digest of matrices: two 32-bit sums side by side, each
//   Σ_i r_i · Σ_j k_j · value_ij   mod 2³²
// with odd pseudo-random keys, r_i one a row and k_j one a column. Linear, so a change of one element costs two products
// and any order of changes gives the same digest; odd keys, so that a change of a single element always shows.
import { ColumnWord, highKeys, WORD_STEP, words } from './columns';
import { Lanes, sumOfLanes } from './lanes';
import { mix32, randomWord } from './random';

/** Which tensor a row belongs to. */
export namespace Digested {
  export const parameters: u32 = 0x70617261;
  export const free: u32 = 0x66726565;
  export const plus: u32 = 0x706c7573;
  export const minus: u32 = 0x6d696e75;
}

export function digestKey(tensor: u32): u32 {
  return mix32(tensor);
}

/** Both sums of two digests, each modulo 2³². */
export function addDigests(a: u64, b: u64): u64 {
  return u64(u32(a) + u32(b)) | (u64(u32(a >> 32) + u32(b >> 32)) << 32);
}

/** The digest of a row from its two sums of key · value; `row` is its first element's index in the tensor. */
export function digestOfRow(key: u32, row: u32, low: u32, high: u32): u64 {
  const word = randomWord(key, row);
  return u64(low * (word | 1)) | (u64(high * (mix32(word) | 1)) << 32);
}

/** The digest of a row of T[count]. */
export function digestRow<T>(key: u32, row: u32, values: usize, count: i32): u64 {
  let low = 0;
  let high = 0;
  let j = 0;
  if (ASC_FEATURE_SIMD && sizeof<T>() <= 2) {
    let lows = i32x4.splat(0);
    let highs = i32x4.splat(0);
    for (; j + 8 <= count; j += 8) {
      const value = Lanes.load<T>(values + (j << alignof<T>()));
      lows = i32x4.add(lows, i32x4.dot_i16x8_s(value, v128.load(words + (j << 1))));
      highs = i32x4.add(highs, i32x4.dot_i16x8_s(value, v128.load(highKeys + (j << 1))));
    }
    low = sumOfLanes(lows);
    high = sumOfLanes(highs);
  }
  for (let at = words + j * WORD_STEP; j < count; j++, at += WORD_STEP) {
    const value = i32(load<T>(values + (j << alignof<T>())));
    const word = ColumnWord.at(at);
    low += value * ColumnWord.lowKey(word);
    high += value * ColumnWord.highKey(word);
  }
  return digestOfRow(key, row, low, high);
}
