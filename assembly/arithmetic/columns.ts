// A pseudo-random word for each column of a matrix. Its halves, both odd, are the column's digest keys; the whole, times
// one word of a row plus another, is that element's draw. Drawn once, so that an element costs a product and no mixing.
import { mix32, randomWord } from './random';

const KEY: u32 = 0x636f6c73;

/** i16[widest], odd: the low halves. */
export let lowKeys: usize = 0;
/** i16[widest], odd: the high halves. */
export let highKeys: usize = 0;
let columns: i32 = 0;

/** Bytes that a column takes. */
export const COLUMN_BYTES: i32 = 4;

/** The words of `widest` columns are to lie at an address; drawColumns() writes them there. */
export function placeColumns(at: usize, widest: i32): void {
  columns = widest;
  lowKeys = at;
  highKeys = at + (widest << 1);
}

export function drawColumns(): void {
  const key = mix32(KEY);
  for (let j = 0; j < columns; j++) {
    const word = randomWord(key, j) | 0x10001;
    store<u16>(lowKeys + (j << 1), word);
    store<u16>(highKeys + (j << 1), word >> 16);
  }
}

export function columnWord(j: i32): u32 {
  return load<u16>(lowKeys + (j << 1)) | (u32(load<u16>(highKeys + (j << 1))) << 16);
}
