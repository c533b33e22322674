// Dense, tied: one matrix for both directions, so the network has an energy (Eq. 34). A row is what one unit of `pre`
// sends.
//
// Sums wrap: exact whenever the total fits, in any order.
import { transpose } from '../arithmetic/matrix';
import { addProducts, countNonZero } from '../arithmetic/products';
import {
  addListedOf,
  addQueuedRows,
  addScaledColumns,
  addScaledRows,
  addWideRow,
  queueRow,
} from '../arithmetic/rows';
import { allocate, allocateParameters } from '../memory/arena';
import { ArenaPart, Ways } from '../messages/wire';
import { Connection } from '../network/connection';
import { dense } from '../network/graph';
import {
  contrastRow,
  freeStates,
  image,
  imageBytes,
  minusStates,
  movedSlots,
  plusStates,
} from '../network/minibatch';
import { DENSE, listMovedUnits, mayList, movedUnits } from '../network/moved-units';

export function layOut(c: Connection, _record: usize): void {
  c.rows = c.pre.size;
  c.columns = c.post.size;
  c.repeats = 1;
  const bytes = (u64(c.rows) * c.columns) << alignof<Weight>();
  c.weights = allocateParameters(ArenaPart.weights, bytes, c.isFixed);
  // Vectors want rows, and nothing is sent back to the input.
  if (ASC_FEATURE_SIMD && !c.isFromInput) c.mirror = allocate(ArenaPart.weights, bytes);
}

export function send(c: Connection, rates: usize, all: bool): void {
  const count = c.pre.size;
  const post = c.post;
  if (c.mirror != 0 && !all && areMany(rates, count, post.size))
    addProducts(post.drives, post.size, c.mirror, rates, count);
  else addScaledRows(post.drives, post.size, c.weights, rates, count, all);
}

export function sendBack(c: Connection, rates: usize, all: bool): void {
  const count = c.post.size;
  const pre = c.pre;
  if (all || (ASC_FEATURE_SIMD && areMany(rates, count, pre.size)))
    addProducts(pre.drives, pre.size, c.weights, rates, count);
  else if (c.mirror != 0) addScaledRows(pre.drives, pre.size, c.mirror, rates, count, false);
  else addScaledColumns(pre.drives, pre.size, c.weights, rates, count);
}

/** Returns whether so many of the rates are not zero that adding all of them up is less work: found by measurement, for vectors. */
function areMany(rates: usize, count: i32, targets: i32): bool {
  const active = countNonZero(rates, count);
  return targets < 24 ? active << 3 > count : active << 1 > count;
}

export function sumRows(c: Connection, i: i32, moved: i32, narrow: bool): bool {
  const n = c.post.size;
  if (!c.isFromInput || c.learnsByRates || dense || !narrow || !mayList(c, moved))
    return sumUnits(c, i, 0, n, moved, narrow);
  listMovedUnits(c.post, moved);
  if (!sumListed(i, moved, n, c.post.firstUnit << alignof<State>())) return false;
  addQueuedRows<State>(contrastRow, n);
  return true;
}

/** Sums the contrasts of unit i of `pre` with n units of `post`, from `first` on. */
export function sumUnits(c: Connection, i: i32, first: i32, n: i32, moved: i32, narrow: bool): bool {
  const at = (c.post.firstUnit + first) << alignof<State>();
  const any = c.isFromInput
    ? sumPixels(i, moved, n, at, narrow)
    : c.isPresynaptic
      ? sumPresynaptic(c, (c.pre.firstUnit + i) << alignof<State>(), moved, n, at, narrow)
      : sumContrasts((c.pre.firstUnit + i) << alignof<State>(), moved, n, at, narrow);
  if (any && narrow) addQueuedRows<State>(contrastRow, n);
  return any;
}

/** The contrasts of one pixel: it does not move. */
function sumPixels(i: i32, moved: i32, n: i32, at: usize, narrow: bool): bool {
  const slots = movedSlots;
  const pixels = image(0) + i;
  const bytes = imageBytes();
  let any = false;
  for (let m = 0; m < moved; m++) {
    const slot = i32(load<u16>(slots + (m << 1)));
    const rate = i32(load<u8>(pixels + slot * bytes));
    if (rate == 0 && !dense) continue;
    any = true;
    addContrast(minusStates(slot) + at, n, rate, narrow);
  }
  return any;
}

/** The same of units whose changes are listed. */
function sumListed(i: i32, moved: i32, n: i32, at: usize): bool {
  const pixels = image(0) + i;
  const bytes = imageBytes();
  let list = movedUnits();
  let any = false;
  for (let m = 0; m < moved; m++) {
    const slot = i32(load<u16>(movedSlots + (m << 1)));
    const rate = i32(load<u8>(pixels + slot * bytes));
    const count = u32(load<u16>(list));
    list += 2;
    if (rate != 0) {
      any = true;
      if (count == DENSE) queueRow<State>(contrastRow, minusStates(slot) + at, n, rate);
      else addListedOf(contrastRow, minusStates(slot) + at, list, count, rate);
    }
    if (count != DENSE) list += count << 1;
  }
  return any;
}

/** Those of the unit that lies `unit` bytes into the states. */
function sumContrasts(unit: usize, moved: i32, n: i32, at: usize, narrow: bool): bool {
  let any = false;
  for (let m = 0; m < moved; m++) {
    const slot = i32(load<u16>(movedSlots + (m << 1)));
    const change = i32(load<State>(minusStates(slot) + unit));
    const rate = i32(load<State>(plusStates(slot) + unit)) - change;
    if (rate != 0 || dense) {
      any = true;
      addContrast(minusStates(slot) + at, n, rate, narrow);
    }
    if (change != 0) {
      any = true;
      addContrast(plusStates(slot) + at, n, change, narrow);
    }
  }
  return any;
}

/** The same by the presynaptic rule. */
function sumPresynaptic(c: Connection, unit: usize, moved: i32, n: i32, at: usize, narrow: bool): bool {
  const isBack = c.ways == Ways.back;
  let any = false;
  for (let m = 0; m < moved; m++) {
    const slot = i32(load<u16>(movedSlots + (m << 1)));
    // Differences stand in place of the minus states.
    const scale = i32(load<State>((isBack ? minusStates(slot) : freeStates(slot)) + unit));
    if (scale == 0 && !dense) continue;
    any = true;
    addContrast((isBack ? freeStates(slot) : minusStates(slot)) + at, n, scale, narrow);
  }
  return any;
}

/** Adds scale · State[n] to the contrasts of a row, now or with the next addQueuedRows<State>(). */
export function addContrast(row: usize, n: i32, scale: i32, narrow: bool): void {
  if (narrow) queueRow<State>(contrastRow, row, n, scale);
  else addWideRow(contrastRow, row, n, scale);
}

export function mirror(c: Connection): void {
  if (ASC_FEATURE_SIMD && c.mirror != 0) transpose<Weight>(c.mirror, c.weights, c.rows, c.columns);
}
