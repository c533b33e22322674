// Sums of pooled places: a box holds what the places that a unit pools have in common, so that each weight is multiplied once.
// Box (row, column) is the sum of pool × pool places, a stride apart, and the first of them lies a padding above and left.
import { addDrives } from '../../arithmetic/primitives';
import { addStates } from '../../arithmetic/sums';
import { zero } from '../../memory/arena';
import { Connection } from '../../network/connection';
import { isAny, paddingOf, poolOf, sideOf, strideOf } from './shape';

export function boxRows(c: Connection): i32 {
  return (c.post.rows - 1) * poolOf(c) * strideOf(c) + sideOf(c);
}

export function boxColumns(c: Connection): i32 {
  return (c.post.columns - 1) * poolOf(c) * strideOf(c) + sideOf(c);
}

/** Units of all boxes. */
function boxUnits(c: Connection): u32 {
  return boxRows(c) * boxColumns(c) * c.pre.channels;
}

/** State[2 × block]: pooled lines of a patch, while contrasts are summed; for SIMD i32[block] pairs of them behind. */
export function linesOf(c: Connection): usize {
  return c.scratch;
}

function lineBytes(c: Connection): usize {
  return ((((ASC_FEATURE_SIMD ? 4 : 2) * c.block) << alignof<State>()) + 7) & ~7;
}

/** State[boxUnits]: rates, or changes of rates, summed. */
export function boxedRates(c: Connection): usize {
  return c.scratch + lineBytes(c);
}

/** Drive[boxUnits]: what `post` sends back to the boxes. */
export function boxedDrives(c: Connection): usize {
  return boxedRates(c) + (((boxUnits(c) << alignof<State>()) + 7) & ~7);
}

/** Bytes of a thread's own that a connection needs. */
export function boxBytes(c: Connection): u64 {
  if (poolOf(c) == 1) return lineBytes(c);
  const units = u64(boxUnits(c));
  const ends = u64(boxedDrives(c) - c.scratch);
  return c.isFromInput ? ends : ends + (units << alignof<Drive>());
}

/** Sums State[pre.size] rates, of the places that have any. */
export function fillBoxes(c: Connection, rates: usize, all: bool): void {
  const pre = c.pre;
  const padding = paddingOf(c);
  zero(boxedRates(c), boxUnits(c) << alignof<State>());
  for (let row = padding; row < pre.rows + padding; row++)
    for (let column = padding; column < pre.columns + padding; column++) {
      if (all || isAny(rates, pre.channels)) addToBoxes(c, rates, row, column);
      rates += pre.channels << alignof<State>();
    }
}

/** Adds the rates of a place to its boxes. */
function addToBoxes(c: Connection, rates: usize, row: i32, column: i32): void {
  const channels = c.pre.channels;
  const stride = strideOf(c);
  const columns = boxColumns(c);
  for (let down = poolOf(c); down > 0; down--, row -= stride) {
    if (u32(row) >= u32(boxRows(c))) continue;
    for (let across = poolOf(c), box = column; across > 0; across--, box -= stride)
      if (u32(box) < u32(columns))
        addStates(boxedRates(c) + (((row * columns + box) * channels) << alignof<State>()), rates, channels);
  }
}

export function clearBoxedDrives(c: Connection): void {
  zero(boxedDrives(c), boxUnits(c) << alignof<Drive>());
}

/** Adds what was sent back to a box to the drives of each of its places. */
export function spreadBoxes(c: Connection): void {
  const pre = c.pre;
  const pool = poolOf(c);
  const stride = strideOf(c);
  const padding = paddingOf(c);
  const columns = boxColumns(c);
  for (let box = 0, rows = boxRows(c); box < rows; box++)
    for (let down = 0; down < pool; down++) {
      const row = box + down * stride - padding;
      if (row < 0 || row >= pre.rows) continue;
      for (let across = 0; across < pool; across++) {
        const right = across * stride - padding;
        const first = max(0, -right);
        const units = (min(columns, pre.columns - right) - first) * pre.channels;
        if (units <= 0) continue;
        const from = ((box * columns + first) * pre.channels) << alignof<Drive>();
        const to = ((row * pre.columns + first + right) * pre.channels) << alignof<Drive>();
        addDrives(pre.drives + to, boxedDrives(c) + from, units);
      }
    }
}
