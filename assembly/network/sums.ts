// How wide the sums of a minibatch's contrasts are.
import { Connection } from './connection';
import { PIXEL_FRACTION } from './graph';
import { batchCapacity } from './minibatch';

/** Fractional bits of a contrast beside states of so many. */
export function contrastFraction(c: Connection, states: i32): i32 {
  return (c.isFromInput ? PIXEL_FRACTION : states) + states;
}

/** log2 of the bytes of a sum: whatever a whole minibatch comes to must fit. */
export function sumWidth(c: Connection, states: i32): i32 {
  if (c.learnsByRates) return 3;
  const bound = (u64(batchCapacity) * c.repeats) << contrastFraction(c, states);
  return sizeof<Drive>() == 4 && bound <= u64(i32.MAX_VALUE) ? 2 : 3;
}

/** Bytes of a connection's sums. */
export function sumBytes(c: Connection, states: i32): u64 {
  return (u64(c.rows) * c.columns) << sumWidth(c, states);
}
