// Matrices of i16, row by row.
import { highPairs, lowPairs } from './lanes';

/** i16[rows × columns] to i16[columns × rows]. */
export function transpose(to: usize, from: usize, rows: i32, columns: i32): void {
  const fromBytes = columns << 1;
  const toBytes = rows << 1;
  let i = 0;
  if (ASC_FEATURE_SIMD) {
    for (; i + 8 <= rows; i += 8) {
      let j = 0;
      for (; j + 8 <= columns; j += 8)
        transposeBlock(to + j * toBytes + (i << 1), toBytes, from + i * fromBytes + (j << 1), fromBytes);
      for (; j < columns; j++) transposeColumn(to + j * toBytes, from + (j << 1), fromBytes, i, i + 8);
    }
  }
  for (let j = 0; j < columns; j++) transposeColumn(to + j * toBytes, from + (j << 1), fromBytes, i, rows);
}

function transposeColumn(to: usize, from: usize, fromBytes: i32, first: i32, end: i32): void {
  for (let i = first; i < end; i++) store<i16>(to + (i << 1), load<i16>(from + i * fromBytes));
}

/** Eight rows of eight: pairs of elements, pairs of those, and pairs of those. */
function transposeBlock(to: usize, toBytes: i32, from: usize, fromBytes: i32): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + fromBytes);
  const r2 = v128.load(from + 2 * fromBytes);
  const r3 = v128.load(from + 3 * fromBytes);
  const r4 = v128.load(from + 4 * fromBytes);
  const r5 = v128.load(from + 5 * fromBytes);
  const r6 = v128.load(from + 6 * fromBytes);
  const r7 = v128.load(from + 7 * fromBytes);
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
  v128.store(to, v128.shuffle<i64>(b0, b4, 0, 2));
  v128.store(to + toBytes, v128.shuffle<i64>(b0, b4, 1, 3));
  v128.store(to + 2 * toBytes, v128.shuffle<i64>(b1, b5, 0, 2));
  v128.store(to + 3 * toBytes, v128.shuffle<i64>(b1, b5, 1, 3));
  v128.store(to + 4 * toBytes, v128.shuffle<i64>(b2, b6, 0, 2));
  v128.store(to + 5 * toBytes, v128.shuffle<i64>(b2, b6, 1, 3));
  v128.store(to + 6 * toBytes, v128.shuffle<i64>(b3, b7, 0, 2));
  v128.store(to + 7 * toBytes, v128.shuffle<i64>(b3, b7, 1, 3));
}
