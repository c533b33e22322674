// The greatest of pooled places, the first of equals. Behind the clamped input it is chosen once an example. Inside a network
// it follows the states of `pre`: sums of all places are kept in step with them, and what `post` sends back goes to the place
// that is chosen now.
import { addQueuedRows } from '../../arithmetic/rows';
import { countProducts } from '../../arithmetic/work';
import { copy, zero } from '../../memory/arena';
import { Connection } from '../../network/connection';
import { dense } from '../../network/graph';
import {
  clamped,
  contrastRow,
  image,
  isMoved,
  minusStates,
  placesOf,
  plusStates,
  Side,
  stateSlot,
} from '../../network/minibatch';
import { notePlaces, paddingOf, poolOf, queuePatch, sideOf, strideOf } from './shape';

/** u32[pre.rows]: where rates are. */
function masksOf(c: Connection): usize {
  return c.scratch;
}

/** Drive[places of post × pool² × channels]: sums of all places; of one place of post from the input, which does not change. */
function sumsOf(c: Connection): usize {
  return c.scratch + (((c.pre.rows << 2) + 7) & ~7);
}

function sumCount(c: Connection): u32 {
  return (c.isFromInput ? c.columns : c.post.size) * poolOf(c) * poolOf(c);
}

/** State[post.size]: rates as they were sent back last. */
function sentRates(c: Connection): usize {
  return sumsOf(c) + (sumCount(c) << alignof<Drive>());
}

/** u8[post.size]: which place each unit takes at present. */
function currentChoices(c: Connection): usize {
  return c.isFromInput
    ? c.choices + stateSlot(clamped) * c.post.size
    : sentRates(c) + (c.post.size << alignof<State>());
}

/** Bytes of a thread's own that a connection needs. */
export function greatestBytes(c: Connection): u64 {
  const size = u64(c.post.size);
  const sums = (u64(sumCount(c)) << alignof<Drive>()) + u64(sumsOf(c) - c.scratch);
  return c.isFromInput ? sums : sums + (size << alignof<State>()) + size;
}

/** Forgets the last example. */
export function restGreatest(c: Connection): void {
  zero(c.scratch, u32(greatestBytes(c)));
}

/** Keeps the choices for one side of a slot's contrast. */
export function keepChoices(c: Connection, slot: i32, side: i32): void {
  copy<u8>(keptChoices(c, slot, side), currentChoices(c), c.post.size);
}

function keptChoices(c: Connection, slot: i32, side: i32): usize {
  const at = stateSlot(slot);
  return c.choices + (c.isFromInput ? at : 2 * at + side) * c.post.size;
}

/** Adds the greatest sums of State[pre.size] rates to the drives of `post`; inside a network, how much greater changes of rates make them. */
export function sendGreatest(c: Connection, rates: usize, all: bool): void {
  const pre = c.pre;
  const post = c.post;
  const pool = poolOf(c);
  const stride = strideOf(c);
  const padding = paddingOf(c);
  const n = c.columns;
  const bytes: usize = n << alignof<Drive>();
  if (all && !c.isFromInput) restGreatest(c);
  const masks = masksOf(c);
  notePlaces(masks, rates, pre.rows, pre.columns, pre.channels, all);
  let sums = sumsOf(c);
  for (let place = 0, unit = 0; unit < post.size; place++, unit += n) {
    if (c.isFromInput) zero(sums, pool * pool * u32(bytes));
    else takeChosenAway(c, sums, unit);
    let to = sums;
    for (let down = 0; down < pool; down++)
      for (let across = 0; across < pool; across++, to += bytes) {
        const row = ((place / post.columns) * pool + down) * stride - padding;
        const column = ((place % post.columns) * pool + across) * stride - padding;
        queuePatch(c, to, rates, masks, pre.rows, pre.columns, row, column, all);
        addQueuedRows<Weight>(to, n);
      }
    choose(c, sums, unit);
    if (!c.isFromInput) sums = to;
  }
}

function takeChosenAway(c: Connection, sums: usize, first: i32): void {
  const n = c.columns;
  const drives = c.post.drives;
  for (let channel = 0; channel < n; channel++) {
    const unit = first + channel;
    const chosen = i32(load<u8>(currentChoices(c) + unit));
    const drive = drives + (unit << alignof<Drive>());
    store<Drive>(
      drive,
      load<Drive>(drive) - load<Drive>(sums + ((chosen * n + channel) << alignof<Drive>())),
    );
  }
}

/** Chooses for the units of a place, the first of which is `first`. */
function choose(c: Connection, sums: usize, first: i32): void {
  const n = c.columns;
  const places = poolOf(c) * poolOf(c);
  const drives = c.post.drives;
  const choices = currentChoices(c);
  for (let channel = 0; channel < n; channel++) {
    const unit = first + channel;
    let best = 0;
    let greatest = load<Drive>(sums + (channel << alignof<Drive>()));
    for (let place = 1; place < places; place++) {
      const sum = load<Drive>(sums + ((place * n + channel) << alignof<Drive>()));
      if (sum <= greatest) continue;
      best = place;
      greatest = sum;
    }
    const drive = drives + (unit << alignof<Drive>());
    store<Drive>(drive, load<Drive>(drive) + greatest);
    // From the input the choice is the update's alone.
    if (c.isFromInput && c.isFixed) continue;
    const chosen = i32(load<u8>(choices + unit));
    store<u8>(choices + unit, best);
    if (c.isFromInput || best == chosen) continue;
    const sent = i32(load<State>(sentRates(c) + (unit << alignof<State>())));
    if (sent == 0) continue;
    sendUnitBack(c, unit, chosen, -sent);
    sendUnitBack(c, unit, best, sent);
  }
}

/** Sends State[post.size] rates, or changes of rates, to the places that are chosen. */
export function sendGreatestBack(c: Connection, rates: usize, all: bool): void {
  const sent = sentRates(c);
  for (let unit = 0; unit < c.post.size; unit++) {
    const at = unit << alignof<State>();
    const rate = i32(load<State>(rates + at));
    if (rate == 0) continue;
    sendUnitBack(c, unit, load<u8>(currentChoices(c) + unit), rate);
    if (!all) store<State>(sent + at, i32(load<State>(sent + at)) + rate);
  }
}

/** Row of `pre` in which the patch of a chosen place begins. */
function rowOf(c: Connection, unit: i32, chosen: i32): i32 {
  const pool = poolOf(c);
  return ((unit / c.columns / c.post.columns) * pool + chosen / pool) * strideOf(c) - paddingOf(c);
}

function columnOf(c: Connection, unit: i32, chosen: i32): i32 {
  const pool = poolOf(c);
  return (((unit / c.columns) % c.post.columns) * pool + (chosen % pool)) * strideOf(c) - paddingOf(c);
}

function sendUnitBack(c: Connection, unit: i32, chosen: i32, rate: i32): void {
  const pre = c.pre;
  const side = sideOf(c);
  const channels = pre.channels;
  const n = c.columns;
  const row = rowOf(c, unit, chosen);
  const column = columnOf(c, unit, chosen);
  const first = max(0, -column);
  const units = (min(side, pre.columns - column) - first) * channels;
  if (units <= 0) return;
  for (let line = max(0, -row), end = min(side, pre.rows - row); line < end; line++) {
    let weight = c.weights + (((line * side + first) * channels * n + (unit % n)) << alignof<Weight>());
    let drive = pre.drives + ((((row + line) * pre.columns + column + first) * channels) << alignof<Drive>());
    countProducts(1, units);
    for (let i = 0; i < units; i++, weight += n << alignof<Weight>(), drive += sizeof<Drive>())
      store<Drive>(drive, load<Drive>(drive) + (rate as Drive) * load<Weight>(weight));
  }
}

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
    for (let unit = first; unit < first + n; unit++) {
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
