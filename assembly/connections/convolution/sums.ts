// Contrasts of summed places, from the states of the minibatch.
import { Connection } from '../../network/connection';
import { dense } from '../../network/graph';
import { image, minusStates, movedLayers, placesOf, plusStates } from '../../network/minibatch';
import { addContrast } from '../dense';
import { paddingOf, poolOf, strideOf } from './shape';

/** Adds the contrasts of a slot's units with one unit of their patches, in a line and column and of a channel. Returns whether there are any. */
export function sumSlot(c: Connection, slot: i32, line: i32, column: i32, channel: i32, narrow: bool): bool {
  const pre = c.pre;
  const post = c.post;
  const n = c.columns;
  const places = placesOf(post, slot);
  const isVector = post.rows * post.columns == 1;
  const step = strideOf(c) * poolOf(c);
  const top = line - paddingOf(c);
  const left = column - paddingOf(c);
  const preAt = (pre.firstUnit + channel) << alignof<State>();
  const preChanges = minusStates(slot) + preAt;
  // The earlier layer has the lower bit.
  const preMoved =
    !c.isFromInput && (dense || (load<u16>(movedLayers + (slot << 1)) & c.ends & (0 - c.ends)) != 0);
  const rowBytes: usize = n << alignof<State>();
  let at: usize = post.firstUnit << alignof<State>();
  let any = false;
  for (let row = 0, place = 0; row < post.rows; row++)
    for (let right = 0; right < post.columns; right++, place++, at += rowBytes) {
      const moved = isVector || dense || ((load<u8>(places + (place >> 3)) >> (place & 7)) & 1) != 0;
      if (!moved && !preMoved) continue;
      const down = row * step + top;
      const across = right * step + left;
      const change = preMoved ? pooled<State>(c, preChanges, down, across) : 0;
      if (moved) {
        const rate = c.isFromInput
          ? pooled<u8>(c, image(slot) + channel, down, across)
          : pooled<State>(c, plusStates(slot) + preAt, down, across) - change;
        if (rate != 0 || dense) {
          any = true;
          addContrast(minusStates(slot) + at, n, rate, narrow);
        }
      }
      if (change != 0) {
        any = true;
        addContrast(plusStates(slot) + at, n, change, narrow);
      }
    }
  return any;
}

/** Sum of pool × pool elements of a channel of `pre`; nothing outside. */
function pooled<T>(c: Connection, elements: usize, row: i32, column: i32): i32 {
  const pre = c.pre;
  const pool = poolOf(c);
  const stride = strideOf(c);
  let sum = 0;
  for (let down = 0; down < pool; down++, row += stride) {
    if (row < 0 || row >= pre.rows) continue;
    for (let across = 0, at = column; across < pool; across++, at += stride)
      if (at >= 0 && at < pre.columns)
        sum += i32(load<T>(elements + (((row * pre.columns + at) * pre.channels) << alignof<T>())));
  }
  return sum;
}
