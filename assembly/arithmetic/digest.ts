// A 64-bit digest of a tensor: the wrapping sum of value · key(tensor, index) with odd pseudo-random keys.
// Linear, so a change of one element costs one product, and any order of changes gives the same digest; odd
// keys, so that a change of a single element always shows.
import { mix32, randomWord } from './random';

/** Which tensor an index counts in. */
export namespace Digested {
  export const parameters: u32 = 0x70617261;
  export const free: u32 = 0x66726565;
  export const plus: u32 = 0x706c7573;
  export const minus: u32 = 0x6d696e75;
}

export function digestKey(tensor: u32): u32 {
  return mix32(tensor);
}

/** The share of an element, or of a change of it, in the digest. */
export function digestOf(key: u32, index: u32, value: i64): u64 {
  return u64(value * i64(u64(randomWord(key, index) | 1)));
}

/** The digest of `count` consecutive states. */
export function digestStates(key: u32, index: u32, states: usize, count: i32): u64 {
  let digest: u64 = 0;
  for (let i = 0; i < count; i++) {
    const state = i32(load<i16>(states + (i << 1)));
    if (state != 0) digest += digestOf(key, index + i, state);
  }
  return digest;
}
