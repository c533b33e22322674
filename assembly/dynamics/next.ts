// Vector code that all dynamics share.

import { stateFraction } from '../network/graph';
import { Layer } from '../network/layer';

/** Static methods, since they may be said to be inline. */
export class NextStates {
  /** ⌊(a + b + 1) / 2⌋ of i16x8. */
  @inline
  static meanUp(a: v128, b: v128): v128 {
    // There is only an unsigned one.
    const sign = i16x8.splat(-0x8000);
    return v128.xor(i16x8.avgr_u(v128.xor(a, sign), v128.xor(b, sign)), sign);
  }

  /** Clips the next states of eight units to [0, 1] and stores them with their changes, which it returns. */
  @inline
  static storeNext(l: Layer, i: i32, state: v128, next: v128): v128 {
    const one: i32 = 1 << stateFraction;
    const clipped = i16x8.min_s(i16x8.max_s(next, i16x8.splat(0)), i16x8.splat(i16(one)));
    const change = i16x8.sub(clipped, state);
    v128.store(l.states + (i << 1), clipped);
    v128.store(l.changes + (i << 1), change);
    return change;
  }
}
