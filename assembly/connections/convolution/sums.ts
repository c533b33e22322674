// Contrasts of summed places, from the states of the minibatch.
import { addOuter, pairUp } from '../../arithmetic/outer';
import { addMultiplesOf, addWideRow } from '../../arithmetic/rows';
import { addBytes, addStates, subtractStates } from '../../arithmetic/sums';
import { zero } from '../../memory/arena';
import { Ways } from '../../messages/wire';
import { Connection } from '../../network/connection';
import { dense } from '../../network/graph';
import {
  contrastRow,
  freeStates,
  image,
  isMoved,
  layersMoved,
  minusStates,
  placesOf,
  plusStates,
} from '../../network/minibatch';
import { linesOf } from './boxes';
import { paddingOf, poolOf, sideOf, strideOf } from './shape';

/** Adds a slot's contrasts with a line of its units' patches to the block of that line. Returns whether there are any. */
export function sumSlot(c: Connection, slot: i32, line: i32, narrow: bool): bool {
  const post = c.post;
  const n = c.columns;
  const places = placesOf(post, slot);
  const isVector = post.rows * post.columns == 1;
  const step = strideOf(c) * poolOf(c);
  // The earlier layer has the lower bit.
  const preMoved = !c.isFromInput && (dense || (layersMoved(slot) & c.ends & (0 - c.ends)) != 0);
  const rowBytes: usize = n << alignof<State>();
  let at: usize = post.firstUnit << alignof<State>();
  let any = false;
  for (let row = 0, place = 0; row < post.rows; row++) {
    const down = row * step + line - paddingOf(c);
    for (let right = 0; right < post.columns; right++, place++, at += rowBytes) {
      const moved = isVector || dense || isMoved(places, place);
      if (!moved && !preMoved) continue;
      const across = right * step - paddingOf(c);
      if (addPlace(c, slot, down, across, at, moved, narrow)) any = true;
    }
  }
  return any;
}

/** The same of one place, whose patch's line begins in a row and column of `pre`, and whose states lie at `at`. */
function addPlace(
  c: Connection,
  slot: i32,
  row: i32,
  column: i32,
  at: usize,
  moved: bool,
  narrow: bool,
): bool {
  const units = c.block;
  const n = c.columns;
  const first: usize = c.pre.firstUnit << alignof<State>();
  const changes = linesOf(c);
  const rates = changes + (units << alignof<State>());
  const isPresynaptic = c.isPresynaptic;
  const isForth = isPresynaptic && c.ways != Ways.back;
  // The sides by the contrast are ρᵢ⁻ Δⱼ and Δᵢ ρⱼ⁺; the presynaptic rule has one of them, by the free rates.
  const sides = isPresynaptic ? freeStates(slot) : plusStates(slot);
  const isOfPre = !c.isFromInput && !isForth;
  const isOfPost = moved && (!isPresynaptic || isForth);
  if (isOfPre) poolLine(c, changes, minusStates(slot) + first, row, column);
  if (isOfPost) poolLine(c, rates, c.isFromInput ? image(slot) : sides + first, row, column);
  if (ASC_FEATURE_SIMD && narrow) {
    if (!isOfPre) zero(changes, units << alignof<State>());
    if (!isOfPost) zero(rates, units << alignof<State>());
    else subtractStates(rates, changes, units);
    const pairs = rates + (units << alignof<State>());
    const some = pairUp(pairs, rates, changes, units);
    if (some != 0) addOuter(contrastRow, n, pairs, units, some, minusStates(slot) + at, sides + at);
    return some != 0;
  }
  if (isOfPre && isOfPost) subtractStates(rates, changes, units);
  const ofPost = isOfPost && addAll(rates, units, minusStates(slot) + at, n, narrow);
  const ofPre = isOfPre && addAll(changes, units, sides + at, n, narrow);
  return ofPost || ofPre;
}

/** Adds a row of State[n], scaled by each of State[count], to as many rows of the block. Returns whether any scale is not zero. */
function addAll(scales: usize, count: i32, row: usize, n: i32, narrow: bool): bool {
  if (narrow) return addMultiplesOf(contrastRow, n, row, scales, count);
  let any = false;
  for (let i = 0; i < count; i++) {
    const scale = i32(load<State>(scales + (i << alignof<State>())));
    if (scale == 0) continue;
    any = true;
    addWideRow(contrastRow + ((i * n) << 3), row, n, scale);
  }
  return any;
}

/** Sums the pooled places of a line of a patch: State[block] from State or, of an image, u8 elements; nothing outside. */
function poolLine(c: Connection, to: usize, from: usize, row: i32, column: i32): void {
  const pre = c.pre;
  const pool = poolOf(c);
  const stride = strideOf(c);
  const channels = pre.channels;
  zero(to, c.block << alignof<State>());
  for (let down = 0; down < pool; down++, row += stride) {
    if (row < 0 || row >= pre.rows) continue;
    for (let across = 0, at = column; across < pool; across++, at += stride) {
      const first = max(0, -at);
      const n = (min(sideOf(c), pre.columns - at) - first) * channels;
      if (n <= 0) continue;
      const unit = (row * pre.columns + at + first) * channels;
      const sums = to + ((first * channels) << alignof<State>());
      if (c.isFromInput) addBytes(sums, from + unit, n);
      else addStates(sums, from + (unit << alignof<State>()), n);
    }
  }
}
