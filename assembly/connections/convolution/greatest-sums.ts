// Contrasts of the greatest of pooled places, from the states of the minibatch and the choices that were kept.
import { Compaction } from '../../arithmetic/compaction';
import { lowPairs } from '../../arithmetic/lanes';
import { countProducts } from '../../arithmetic/work';
import { Connection } from '../../network/connection';
import { dense } from '../../network/graph';
import {
  contrastRow,
  image,
  isMoved,
  minusStates,
  placesOf,
  plusStates,
  Side,
} from '../../network/minibatch';
import { columnOf, keptChoices, rowOf } from './greatest';
import { paddingOf, poolOf, sideOf, strideOf } from './shape';

/** Adds a slot's contrasts with a line of its units' patches to the block of that line. Returns whether there are any. */
export function sumGreatest(c: Connection, slot: i32, line: i32, narrow: bool): bool {
  const post = c.post;
  const places = placesOf(post, slot);
  const n = c.columns;
  const plus = plusStates(slot) + (post.firstUnit << alignof<State>());
  const changes = minusStates(slot) + (post.firstUnit << alignof<State>());
  const isVector = post.rows * post.columns == 1;
  let any = false;
  for (let place = 0, first = 0; first < post.size; place++, first += n) {
    // From the input a unit that did not move has no contrast.
    if (c.isFromInput && !isVector && !dense && !isMoved(places, place)) continue;
    let unit = first;
    if (ASC_FEATURE_SIMD && narrow && c.isFromInput && paddingOf(c) == 0) {
      if (sumFours(c, slot, first, line)) any = true;
      unit += n & ~3;
    }
    for (; unit < first + n; unit++) {
      const above = i32(load<State>(plus + (unit << alignof<State>())));
      const change = i32(load<State>(changes + (unit << alignof<State>())));
      const up = i32(load<u8>(keptChoices(c, slot, Side.plus) + unit));
      if (c.isFromInput) {
        if (change == 0) continue;
        addPatchLine(c, slot, unit, up, line, change, true, narrow);
      } else {
        if (above != 0) addPatchLine(c, slot, unit, up, line, above, true, narrow);
        const down = i32(load<u8>(keptChoices(c, slot, Side.minus) + unit));
        if (change != above) addPatchLine(c, slot, unit, down, line, change - above, false, narrow);
      }
      any = true;
    }
  }
  return any;
}

/** The same of the channels of a place that make up fours, `first` being its first unit, from an input without padding. */
function sumFours(c: Connection, slot: i32, first: i32, line: i32): bool {
  const n = c.columns;
  const pool = poolOf(c);
  const places = pool * pool;
  const apart = strideOf(c) * c.pre.channels;
  const corner = (rowOf(c, first, 0) + line) * c.pre.columns + columnOf(c, first, 0);
  const pixels = image(slot) + corner * c.pre.channels;
  const changes = minusStates(slot) + ((c.post.firstUnit + first) << alignof<State>());
  const choices = keptChoices(c, slot, Side.plus) + first;
  let moved = 0;
  for (let channel = 0; channel + 4 <= n; channel += 4) {
    const change = v128.load64_zero(changes + (channel << 1));
    const zeros = Compaction.zeros(change);
    if (zeros == 0xff) continue;
    moved += 8 - popcnt(zeros);
    const chosen = i16x8.extend_low_i8x16_u(v128.load32_zero(choices + channel));
    // Two places at a time: a product of interleaved pairs is the sum of two products.
    for (let place = 0; place < places; place += 2) {
      const next = place + 1;
      const pairs = lowPairs(
        v128.and(change, i16x8.eq(chosen, i16x8.splat(i16(place)))),
        v128.and(change, i16x8.eq(chosen, i16x8.splat(i16(next)))),
      );
      if (!v128.any_true(pairs)) continue;
      const a = pixels + ((place / pool) * c.pre.columns + (place % pool)) * apart;
      const b = next < places ? pixels + ((next / pool) * c.pre.columns + (next % pool)) * apart : a;
      let sums = contrastRow + (channel << 2);
      for (let i = 0; i < c.block; i++, sums += n << 2) {
        const pair = i32x4.splat(i32(load<u8>(a + i)) | (i32(load<u8>(b + i)) << 16));
        v128.store(sums, i32x4.add(v128.load(sums), i32x4.dot_i16x8_s(pairs, pair)));
      }
    }
  }
  countProducts(moved, c.block);
  return moved != 0;
}

/** Adds `rate` · the rates that a unit's patch has in a line, of one side, to the unit's column of the block. */
function addPatchLine(
  c: Connection,
  slot: i32,
  unit: i32,
  chosen: i32,
  line: i32,
  rate: i32,
  isPlus: bool,
  narrow: bool,
): void {
  const pre = c.pre;
  const row = rowOf(c, unit, chosen) + line;
  if (row < 0 || row >= pre.rows) return;
  const column = columnOf(c, unit, chosen);
  const channels = pre.channels;
  const first = max(0, -column);
  const units = (min(sideOf(c), pre.columns - column) - first) * channels;
  const n = c.columns;
  const from = (row * pre.columns + column + first) * channels;
  let at = first * channels * n + (unit % n);
  countProducts(1, max(units, 0));
  for (let i = from; i < from + units; i++, at += n) {
    const product = i64(rate) * i64(rateAt(c, slot, i, isPlus));
    if (narrow) store<i32>(contrastRow + (at << 2), load<i32>(contrastRow + (at << 2)) + i32(product));
    else store<i64>(contrastRow + (at << 3), load<i64>(contrastRow + (at << 3)) + product);
  }
}

/** The rate of unit i of `pre` on one side of a slot. */
function rateAt(c: Connection, slot: i32, i: i32, isPlus: bool): i32 {
  if (c.isFromInput) return i32(load<u8>(image(slot) + i));
  const at = (c.pre.firstUnit + i) << alignof<State>();
  const above = i32(load<State>(plusStates(slot) + at));
  return isPlus ? above : above - i32(load<State>(minusStates(slot) + at));
}
