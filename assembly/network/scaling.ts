// A network's drives have one format. Rates that pass weights coarser than the finest are scaled up by the difference, and so
// are states coarser than pixels.
import { allocateOwn } from '../memory/arena';
import { ArenaPart } from '../messages/wire';
import { Connection } from './connection';
import {
  connection,
  connectionCount,
  layer,
  layerCount,
  rateFraction,
  stateFraction,
  weightFraction,
} from './graph';

/** State[the widest layer], where anything is scaled. */
let scaled: usize = 0;

export function layOutScaling(): void {
  let widest = 0;
  let most = 0;
  for (let k = 0; k < layerCount; k++) widest = max(widest, layer(k).size);
  for (let k = 0; k < connectionCount; k++) most = max(most, shiftOf(connection(k)));
  scaled = allocateOwn(ArenaPart.states, most > 0 ? u64(widest) << alignof<State>() : 0);
}

function shiftOf(c: Connection): i32 {
  return weightFraction - c.fraction + (c.isFromInput ? 0 : rateFraction - stateFraction);
}

/** State[count] rates as a connection sends them. */
export function scaleUp(c: Connection, rates: usize, count: i32): usize {
  const shift = shiftOf(c);
  if (shift == 0) return rates;
  for (let at: usize = 0, end: usize = count << alignof<State>(); at < end; at += sizeof<State>())
    store<State>(scaled + at, i32(load<State>(rates + at)) << shift);
  return scaled;
}
