// Matrices, row by row.
import { highPairs, Lanes, lowPairs } from './lanes';

/** T[rows × columns] to T[columns × rows]. */
export function transpose<T>(to: usize, from: usize, rows: i32, columns: i32): void {
  const fromBytes = columns << alignof<T>();
  const toBytes = rows << alignof<T>();
  let i = 0;
  if (ASC_FEATURE_SIMD && sizeof<T>() <= 2) {
    for (; i + 8 <= rows; i += 8) {
      let j = 0;
      for (; j + 8 <= columns; j += 8)
        transposeBlock<T>(
          to + j * toBytes + (i << alignof<T>()),
          toBytes,
          from + i * fromBytes + (j << alignof<T>()),
          fromBytes,
        );
      for (; j < columns; j++)
        transposeColumn<T>(to + j * toBytes, from + (j << alignof<T>()), fromBytes, i, i + 8);
    }
  }
  for (let j = 0; j < columns; j++)
    transposeColumn<T>(to + j * toBytes, from + (j << alignof<T>()), fromBytes, i, rows);
}

function transposeColumn<T>(to: usize, from: usize, fromBytes: i32, first: i32, end: i32): void {
  for (let i = first; i < end; i++) store<T>(to + (i << alignof<T>()), load<T>(from + i * fromBytes));
}

/** Eight rows of eight: pairs of elements, pairs of those, and pairs of those. */
function transposeBlock<T>(to: usize, toBytes: i32, from: usize, fromBytes: i32): void {
  const r0 = Lanes.load<T>(from);
  const r1 = Lanes.load<T>(from + fromBytes);
  const r2 = Lanes.load<T>(from + 2 * fromBytes);
  const r3 = Lanes.load<T>(from + 3 * fromBytes);
  const r4 = Lanes.load<T>(from + 4 * fromBytes);
  const r5 = Lanes.load<T>(from + 5 * fromBytes);
  const r6 = Lanes.load<T>(from + 6 * fromBytes);
  const r7 = Lanes.load<T>(from + 7 * fromBytes);
  const a0 = lowPairs(r0, r1);
  const a1 = highPairs(r0, r1);
  const a2 = lowPairs(r2, r3);
  const a3 = highPairs(r2, r3);
  const a4 = lowPairs(r4, r5);
  const a5 = highPairs(r4, r5);
  const a6 = lowPairs(r6, r7);
  const a7 = highPairs(r6, r7);
  const b0 = v128.shuffle<i32>(a0, a2, 0, 4, 1, 5);
  const b1 = v128.shuffle<i32>(a0, a2, 2, 6, 3, 7);
  const b2 = v128.shuffle<i32>(a1, a3, 0, 4, 1, 5);
  const b3 = v128.shuffle<i32>(a1, a3, 2, 6, 3, 7);
  const b4 = v128.shuffle<i32>(a4, a6, 0, 4, 1, 5);
  const b5 = v128.shuffle<i32>(a4, a6, 2, 6, 3, 7);
  const b6 = v128.shuffle<i32>(a5, a7, 0, 4, 1, 5);
  const b7 = v128.shuffle<i32>(a5, a7, 2, 6, 3, 7);
  Lanes.store<T>(to, v128.shuffle<i64>(b0, b4, 0, 2));
  Lanes.store<T>(to + toBytes, v128.shuffle<i64>(b0, b4, 1, 3));
  Lanes.store<T>(to + 2 * toBytes, v128.shuffle<i64>(b1, b5, 0, 2));
  Lanes.store<T>(to + 3 * toBytes, v128.shuffle<i64>(b1, b5, 1, 3));
  Lanes.store<T>(to + 4 * toBytes, v128.shuffle<i64>(b2, b6, 0, 2));
  Lanes.store<T>(to + 5 * toBytes, v128.shuffle<i64>(b2, b6, 1, 3));
  Lanes.store<T>(to + 6 * toBytes, v128.shuffle<i64>(b3, b7, 0, 2));
  Lanes.store<T>(to + 7 * toBytes, v128.shuffle<i64>(b3, b7, 1, 3));
}
