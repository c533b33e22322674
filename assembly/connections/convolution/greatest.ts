// The greatest of pooled places, the first of equals. Behind the clamped input it is chosen once an example. Inside a network
// it follows the states of `pre`: sums of all places are kept in step with them, and what `post` sends back goes to the place
// that is chosen now.
import { addQueuedRows } from '../../arithmetic/rows';
import { countProducts } from '../../arithmetic/work';
import { copy, zero } from '../../memory/arena';
import { Connection } from '../../network/connection';
import { clamped, stateSlot } from '../../network/minibatch';
import { packPlaces, queuePackedPatch } from './packed';
import { paddingOf, poolOf, sendPatch, sideOf, strideOf } from './shape';

/** Drive[places of post × pool² × channels]: sums of all places; of one place of post from the input, which does not change. */
function sumsOf(c: Connection): usize {
  return c.scratch;
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
  const sums = u64(sumCount(c)) << alignof<Drive>();
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

/** u8[post.size]: what was chosen for one side of a slot's contrast. */
export function keptChoices(c: Connection, slot: i32, side: i32): usize {
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
  if (ASC_FEATURE_SIMD && !all) packPlaces(c, rates);
  let sums = sumsOf(c);
  let unit = 0;
  for (let top = 0; top < post.rows; top++)
    for (let left = 0; left < post.columns; left++, unit += n) {
      if (c.isFromInput) zero(sums, pool * pool * u32(bytes));
      else takeChosenAway(c, sums, unit);
      let to = sums;
      for (let down = 0; down < pool; down++)
        for (let across = 0; across < pool; across++, to += bytes) {
          const row = (top * pool + down) * stride;
          const column = (left * pool + across) * stride;
          if (ASC_FEATURE_SIMD && !all) {
            queuePackedPatch(c, to, row, column);
            addQueuedRows<Weight>(to, n);
          } else sendPatch(c, to, rates, pre.rows, pre.columns, row - padding, column - padding, all);
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
  let channel = ASC_FEATURE_SIMD && c.isFromInput ? chooseOfInput(c, sums, first, choices) : 0;
  for (; channel < n; channel++) {
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

/** The same of the channels that make up fours, from the input. Returns how many they are. */
function chooseOfInput(c: Connection, sums: usize, first: i32, choices: usize): i32 {
  const n = c.columns & ~3;
  const places = poolOf(c) * poolOf(c);
  const bytes: usize = c.columns << 2;
  let drive = c.post.drives + (first << 2);
  let choice = choices + first;
  for (let channel = 0; channel < n; channel += 4, sums += 16, drive += 16, choice += 4) {
    let greatest = v128.load(sums);
    let best = i32x4.splat(0);
    for (let place = 1, at = sums; place < places; place++) {
      at += bytes;
      const sum = v128.load(at);
      best = v128.bitselect(i32x4.splat(place), best, i32x4.gt_s(sum, greatest));
      greatest = i32x4.max_s(greatest, sum);
    }
    v128.store(drive, i32x4.add(v128.load(drive), greatest));
    if (c.isFixed) continue;
    const words = i16x8.narrow_i32x4_s(best, best);
    v128.store32_lane(choice, i8x16.narrow_i16x8_u(words, words), 0);
  }
  return n;
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
export function rowOf(c: Connection, unit: i32, chosen: i32): i32 {
  const pool = poolOf(c);
  return ((unit / c.columns / c.post.columns) * pool + chosen / pool) * strideOf(c) - paddingOf(c);
}

export function columnOf(c: Connection, unit: i32, chosen: i32): i32 {
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
