// A pseudo-random word for each column of a matrix. Its halves, both odd, are the column's digest keys; the whole, times
// one word of a row plus another, is that element's draw. Drawn once, so that an element costs a product and no mixing.
import { mix32, randomWord } from './random';

const KEY: u32 = 0x636f6c73;

/** Vectors want the halves apart: i16[widest], then i16[widest]. What reads one at a time wants words: u32[widest]. */
const APART: bool = ASC_FEATURE_SIMD;
/** Address of the words; where they are apart, of the low halves, which are odd. */
export let words: usize = 0;
/** i16[widest], odd: the high halves, where they are apart. */
export let highKeys: usize = 0;
let columns: i32 = 0;

/** Bytes that a column takes. */
export const COLUMN_BYTES: i32 = 4;
/** Bytes from a column's word to the next one's. */
export const WORD_STEP: usize = APART ? 2 : 4;

/** The words of `widest` columns are to lie at an address; drawColumns() writes them there. */
export function placeColumns(at: usize, widest: i32): void {
  columns = widest;
  words = at;
  if (APART) highKeys = at + (widest << 1);
}

export function drawColumns(): void {
  const key = mix32(KEY);
  for (let j = 0; j < columns; j++) {
    const word = randomWord(key, j) | 0x10001;
    if (APART) {
      store<u16>(words + (j << 1), word);
      store<u16>(highKeys + (j << 1), word >> 16);
    } else store<u32>(words + (j << 2), word);
  }
}

/** Static methods, since they may be said to be inline. */
export class ColumnWord {
  /** The word at an address. */
  @inline
  static at(address: usize): u32 {
    return ColumnWord.from(address, highKeys - words);
  }

  /** The same, the halves being so many bytes apart where they are. */
  @inline
  static from(address: usize, apart: usize): u32 {
    return APART ? load<u16>(address) | (u32(load<u16>(address + apart)) << 16) : load<u32>(address);
  }

  /** A word's key of the low digest. */
  @inline
  static lowKey(word: u32): i32 {
    return (i32(word) << 16) >> 16;
  }

  /** A word's key of the high digest. */
  @inline
  static highKey(word: u32): i32 {
    return i32(word) >> 16;
  }
}

export function columnWord(j: i32): u32 {
  return ColumnWord.at(words + j * WORD_STEP);
}
