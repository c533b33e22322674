// Sums of pooled places: a box holds what the places that a unit pools have in common, so that each weight is multiplied once.
// Box (row, column) is the sum of pool × pool places, a stride apart, and the first of them lies a padding above and left.
import { addElements } from '../../arithmetic/sums';
import { zero } from '../../memory/arena';
import { Connection } from '../../network/connection';
import { paddingOf, poolOf, sideOf, strideOf } from './shape';

export function boxRows(c: Connection): i32 {
  return (c.post.rows - 1) * poolOf(c) * strideOf(c) + sideOf(c);
}

export function boxColumns(c: Connection): i32 {
  return (c.post.columns - 1) * poolOf(c) * strideOf(c) + sideOf(c);
}

/** Units of all boxes. */
export function boxUnits(c: Connection): u32 {
  return boxRows(c) * boxColumns(c) * c.pre.channels;
}

/** State[boxUnits]: rates, or changes of rates, summed. */
export function boxedRates(c: Connection): usize {
  return c.scratch;
}

/** Drive[boxUnits]: what `post` sends back to the boxes. */
export function boxedDrives(c: Connection): usize {
  return c.scratch + (((boxUnits(c) << alignof<State>()) + 7) & ~7);
}

/** Sums State[pre.size] rates. */
export function fillBoxes(c: Connection, rates: usize): void {
  zero(boxedRates(c), boxUnits(c) << alignof<State>());
  passBoxes<State>(c, boxedRates(c), rates, false);
}

export function clearBoxedDrives(c: Connection): void {
  zero(boxedDrives(c), boxUnits(c) << alignof<Drive>());
}

/** Adds what was sent back to a box to the drives of each of its places. */
export function spreadBoxes(c: Connection): void {
  passBoxes<Drive>(c, boxedDrives(c), c.pre.drives, true);
}

/** Adds the places to the boxes, or back. */
function passBoxes<T>(c: Connection, boxes: usize, places: usize, back: bool): void {
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
        const inBox = boxes + (((box * columns + first) * pre.channels) << alignof<T>());
        const inPlace = places + (((row * pre.columns + first + right) * pre.channels) << alignof<T>());
        addElements<T>(back ? inPlace : inBox, back ? inBox : inPlace, units);
      }
    }
}
