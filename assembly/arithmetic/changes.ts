// changeWeights() by vectors: the same bits.
import { WORD_STEP } from './columns';
import { highPairs, Lanes, lowPairs, sumOfLanes } from './lanes';
import { changeWeights, RowPart } from './primitives';
import { narrowFactor, Vectors } from './rounding';

/** Does what changeWeights() does; a processor may have its own form of it. */
export function changeVectors(weights: usize, contrasts: usize, words: usize, n: i32, row: usize): void {
  // A shift by nothing is no instruction, one by a variable four.
  const e = max(load<i32>(row, RowPart.shift) - 32, 0);
  const done =
    e == 0
      ? Changes.change(weights, contrasts, words, n, row, 0)
      : Changes.change(weights, contrasts, words, n, row, e);
  changeColumns(weights, contrasts, words, done, n, row);
}

/** Changes those from a column on to another one. */
function changeColumns(weights: usize, contrasts: usize, words: usize, from: i32, to: i32, row: usize): void {
  changeWeights(
    weights + (from << alignof<Weight>()),
    contrasts + (from << 2),
    words + from * (WORD_STEP as i32),
    to - from,
    row,
  );
}

/** Static methods, since they may be said to be inline. */
class Changes {
  /** Changes the columns that are whole vectors. Returns how many they are. */
  @inline
  static change(weights: usize, contrasts: usize, words: usize, n: i32, row: usize, e: i32): i32 {
    const highAt = words + load<usize>(row, RowPart.apart);
    const factor = i32x4.splat(narrowFactor(load<u32>(row, RowPart.mantissa), load<i32>(row, RowPart.shift)));
    const times = i32x4.splat(load<i32>(row));
    const plus = i32x4.splat(load<i32>(row, RowPart.offset));
    const limit = i32x4.splat(0x8000);
    const zero = i32x4.splat(0);
    let lows = zero;
    let highs = zero;
    let j = 0;
    for (; j + 8 <= n; j += 8) {
      const at = contrasts + (j << 2);
      const first = v128.load(at);
      const second = v128.load(at, 16);
      if (!v128.any_true(v128.or(first, second))) continue;
      const lowKey = v128.load(words + (j << 1));
      const highKey = v128.load(highAt + (j << 1));
      const a = Vectors.scaleNarrow4(
        first,
        factor,
        e,
        i32x4.add(i32x4.mul(lowPairs(lowKey, highKey), times), plus),
      );
      const b = Vectors.scaleNarrow4(
        second,
        factor,
        e,
        i32x4.add(i32x4.mul(highPairs(lowKey, highKey), times), plus),
      );
      const changes = i16x8.narrow_i32x4_s(a, b);
      const old = Lanes.load<Weight>(weights + (j << alignof<Weight>()));
      const next = Lanes.clip<Weight>(i16x8.add_sat_s(old, changes));
      // Bits where a change does not fit 16, or a sum.
      const outside = i32x4.shr_u(v128.or(i32x4.add(a, limit), i32x4.add(b, limit)), 16);
      if (v128.any_true(v128.or(v128.xor(next, i16x8.add(old, changes)), outside))) {
        // Saturations are counted one by one.
        changeColumns(weights, contrasts, words, j, j + 8, row);
        continue;
      }
      v128.store(at, zero);
      v128.store(at, zero, 16);
      Lanes.store<Weight>(weights + (j << alignof<Weight>()), next);
      lows = i32x4.add(lows, i32x4.dot_i16x8_s(changes, lowKey));
      highs = i32x4.add(highs, i32x4.dot_i16x8_s(changes, highKey));
    }
    store<i32>(row, load<i32>(row, RowPart.low) + sumOfLanes(lows), RowPart.low);
    store<i32>(row, load<i32>(row, RowPart.high) + sumOfLanes(highs), RowPart.high);
    return j;
  }
}
