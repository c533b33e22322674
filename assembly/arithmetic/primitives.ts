// Loops that take most of a small core's time. The module exports them by these names, and where it becomes C a core may
// have its own form of one (boards/README.md): each works on the memory alone, and reads and sets no variable of the module.
import { ColumnWord, WORD_STEP } from './columns';
import { narrowFactor, scaleNarrow, WEIGHT_BITS } from './rounding';

/** Rows or columns that are added at a time: as many as a small core holds in registers. */
export const AT_ONCE: i32 = 4;

/**
 * sum_j += Σ_k scale_k · row_k,j, wrapping, over Drive[n] sums, 1 ≤ count ≤ AT_ONCE rows of State[n] and as many scales:
 * `rows` is usize[count], their addresses, `scales` State[count].
 */
export function addRows(sums: usize, n: i32, rows: usize, scales: usize, count: i32): void {
  Rows.add<State>(sums, n, rows, scales, count);
}

/**
 * sum_i,j += scale_i · row_j, wrapping, over i32[count × n] sums, a row of State[n] and State[count] scales. Returns how many
 * scales are not zero.
 */
export function addMultiples(sums: usize, n: i32, row: usize, scales: usize, count: i32): i32 {
  let some = 0;
  for (const last = scales + (count << alignof<State>()); scales < last; scales += sizeof<State>()) {
    const end = sums + (n << 2);
    const scale = i32(load<State>(scales));
    if (scale != 0) {
      some++;
      for (let at = row; sums < end; sums += 4, at += sizeof<State>())
        store<i32>(sums, load<i32>(sums) + scale * i32(load<State>(at)));
    }
    sums = end;
  }
  return some;
}

/** sum_j += from_j, wrapping, over Drive[n]. */
export function addDrives(sums: usize, from: usize, n: i32): void {
  const end = sums + (n << alignof<Drive>());
  if (ASC_FEATURE_SIMD)
    for (; sums + 16 <= end; sums += 16, from += 16)
      v128.store(sums, i32x4.add(v128.load(sums), v128.load(from)));
  for (; sums < end; sums += sizeof<Drive>(), from += sizeof<Drive>())
    store<Drive>(sums, load<Drive>(sums) + load<Drive>(from));
}

/** addRows() of Weight[n] rows, where those are narrower than states. */
export function addNarrowRows(sums: usize, n: i32, rows: usize, scales: usize, count: i32): void {
  Rows.add<Weight>(sums, n, rows, scales, count);
}

/** Static methods, since they may be said to be inline. */
class Rows {
  /** No loop is unrolled: with more to hold, a Cortex-M runs out of registers, and compilers unroll where it helps. */
  @inline
  static add<T>(sums: usize, n: i32, rows: usize, scales: usize, count: i32): void {
    const end = sums + (n << alignof<Drive>());
    let a = load<usize>(rows);
    let b = load<usize>(rows, 4);
    const p = load<State>(scales) as Drive;
    const q = load<State>(scales, sizeof<State>()) as Drive;
    if (count == 1) {
      for (; sums < end; sums += sizeof<Drive>(), a += sizeof<T>())
        store<Drive>(sums, load<Drive>(sums) + p * i32(load<T>(a)));
      return;
    }
    if (count == 2) {
      for (; sums < end; sums += sizeof<Drive>(), a += sizeof<T>(), b += sizeof<T>())
        store<Drive>(sums, load<Drive>(sums) + p * i32(load<T>(a)) + q * i32(load<T>(b)));
      return;
    }
    let c = load<usize>(rows, 8);
    const r = load<State>(scales, 2 * sizeof<State>()) as Drive;
    if (count == 3) {
      for (; sums < end; sums += sizeof<Drive>(), a += sizeof<T>(), b += sizeof<T>(), c += sizeof<T>())
        store<Drive>(
          sums,
          load<Drive>(sums) + p * i32(load<T>(a)) + q * i32(load<T>(b)) + r * i32(load<T>(c)),
        );
      return;
    }
    const d = load<usize>(rows, 12);
    const s = load<State>(scales, 3 * sizeof<State>()) as Drive;
    const wider: usize = alignof<Drive>() - alignof<T>();
    const bytes: usize = n << alignof<T>();
    for (let j: usize = 0; j < bytes; j += sizeof<T>())
      store<Drive>(
        sums + (j << wider),
        load<Drive>(sums + (j << wider)) +
          p * i32(load<T>(a + j)) +
          q * i32(load<T>(b + j)) +
          r * i32(load<T>(c + j)) +
          s * i32(load<T>(d + j)),
      );
  }
}

/**
 * sum_j += Σ_k scale_k · column_k,j over Drive[n] sums, and columns of Weight that lie `rowBytes` apart from row to row:
 * `columns` is usize[count], addresses of their first elements, `scales` State[count], 1 ≤ count ≤ AT_ONCE.
 */
export function addColumns(
  sums: usize,
  n: i32,
  rowBytes: usize,
  columns: usize,
  scales: usize,
  count: i32,
): void {
  const a = load<usize>(columns);
  // Missing ones are the first, scaled by zero.
  const b = count > 1 ? load<usize>(columns, 4) - a : 0;
  const c = count > 2 ? load<usize>(columns, 8) - a : 0;
  const d = count > 3 ? load<usize>(columns, 12) - a : 0;
  const p = load<State>(scales) as Drive;
  const q = count > 1 ? (load<State>(scales, sizeof<State>()) as Drive) : 0;
  const r = count > 2 ? (load<State>(scales, 2 * sizeof<State>()) as Drive) : 0;
  const s = count > 3 ? (load<State>(scales, 3 * sizeof<State>()) as Drive) : 0;
  const end = sums + (n << alignof<Drive>());
  for (let row = a; sums < end; row += rowBytes, sums += sizeof<Drive>())
    store<Drive>(
      sums,
      load<Drive>(sums) +
        p * load<Weight>(row) +
        q * load<Weight>(row + b) +
        r * load<Weight>(row + c) +
        s * load<Weight>(row + d),
    );
}

/**
 * sum_j += scale · row_j, wrapping, of Drive sums and a row of State, for the j that are listed: `list` is u16[count], offsets
 * of the row's elements in bytes, each at most once.
 */
export function addListed(sums: usize, row: usize, list: usize, count: i32, scale: i32): void {
  const wider: usize = alignof<Drive>() - alignof<State>();
  for (let end = list + (count << 1); list < end; list += 2) {
    const at = usize(load<u16>(list));
    const sum = sums + (at << wider);
    store<Drive>(sum, load<Drive>(sum) + (scale as Drive) * load<State>(row + at));
  }
}

/**
 * State[n] states become Drive[n] drives · 2^−shift, rounded to nearest, halves up, and clipped to [0, one]; what that adds to
 * them are their changes, State[n]. Returns what is not zero where any changed.
 */
export function settleStates(
  states: usize,
  changes: usize,
  drives: usize,
  n: i32,
  shift: i32,
  one: i32,
): i32 {
  // Rounding keeps the first bit that is cut off; where none is, there is nothing to round.
  const half = shift > 0 ? 1 : 0;
  const nearest = shift - half;
  let changed: i32 = 0;
  for (let end = drives + (n << alignof<Drive>()); drives < end; drives += sizeof<Drive>()) {
    const last = load<Drive>(drives) >> nearest;
    const next = i32(min<Drive>(max<Drive>((last >> half) + (last & half), 0), one));
    const change = next - i32(load<State>(states));
    store<State>(states, next);
    store<State>(changes, change);
    changed |= change;
    states += sizeof<State>();
    changes += sizeof<State>();
  }
  return changed;
}

/** Where the parts of a row's change lie, four bytes each; the first is the multiplier. */
export namespace RowPart {
  export const offset: usize = 4;
  export const mantissa: usize = 8;
  export const shift: usize = 12;
  export const low: usize = 16;
  export const high: usize = 20;
  export const clipped: usize = 24;
  /** With SIMD, bytes from a column's low key to its high one. */
  export const apart: usize = 28;
  export const SIZE: i32 = 32;
}

/** Weights lie in [−this, this). */
const WEIGHT_LIMIT: i32 = 1 << (WEIGHT_BITS - 1);

/**
 * Adds roundWith(contrast_j · mantissa, shift, multiplier · word_j + offset) to Weight[n], clipped, and leaves the contrasts
 * zero: i32[n], and isNarrow(). `words` are the column's words. To `low` and `high` of the row are added the changes times
 * the words' halves, to `clipped` how many weights were.
 */
export function changeWeights(weights: usize, contrasts: usize, words: usize, n: i32, row: usize): void {
  // Beside drives of 64 bits no contrast is narrow.
  if (sizeof<Drive>() != 4) return;
  const multiplier = load<u32>(row);
  const offset = load<u32>(row, RowPart.offset);
  const mantissa = load<u32>(row, RowPart.mantissa);
  const shift = load<i32>(row, RowPart.shift);
  const near = shift <= 32;
  const factor = narrowFactor(mantissa, shift);
  const apart: usize = ASC_FEATURE_SIMD ? load<usize>(row, RowPart.apart) : 0;
  let low = load<i32>(row, RowPart.low);
  let high = load<i32>(row, RowPart.high);
  for (let end = contrasts + (n << 2); contrasts < end; contrasts += 4) {
    const sum = load<i32>(contrasts);
    if (sum != 0) {
      store<i32>(contrasts, 0);
      const word = ColumnWord.from(words, apart);
      const fraction: u32 = multiplier * word + offset;
      const change = near
        ? i32((i64(sum) * i64(factor) + i64(fraction)) >> 32)
        : scaleNarrow(sum, mantissa, shift, fraction);
      if (change != 0) {
        const old = i32(load<Weight>(weights));
        let next = old + change;
        if (u32(next + WEIGHT_LIMIT) > u32(2 * WEIGHT_LIMIT - 1)) {
          next = next < 0 ? -WEIGHT_LIMIT : WEIGHT_LIMIT - 1;
          // A store, so that no compiler of C makes conditional moves of what seldom happens.
          store<u32>(row, load<u32>(row, RowPart.clipped) + 1, RowPart.clipped);
        }
        store<Weight>(weights, next);
        low += (next - old) * ColumnWord.lowKey(word);
        high += (next - old) * ColumnWord.highKey(word);
      }
    }
    weights += sizeof<Weight>();
    words += WORD_STEP;
  }
  store<i32>(row, low, RowPart.low);
  store<i32>(row, high, RowPart.high);
}
