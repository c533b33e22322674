// A network's drives have one format. Rates that pass weights coarser than the finest are scaled up by the difference, and so
// are states coarser than pixels.
import { allocateOwn } from '../memory/arena';
import { ArenaPart } from '../messages/wire';
import { Connection } from './connection';
import { rateFraction, stateFraction, weightFraction } from './graph';

/** State[the widest layer], where anything is scaled. */
let scaled: usize = 0;

/** @param widest units of the widest layer, 0 where nothing is scaled */
export function layOutScaling(widest: i32): void {
  scaled = allocateOwn(ArenaPart.states, u64(widest) << alignof<State>());
}

function shiftOf(c: Connection): i32 {
  return weightFraction - c.fraction + (c.isFromInput ? 0 : rateFraction - stateFraction);
}

/** State[count] rates as a connection sends them. */
export function scaleUp(c: Connection, rates: usize, count: i32): usize {
  const shift = shiftOf(c);
  if (shift == 0) return rates;
  // A word at a time: what one state pushes into the next is masked.
  const to = scaled - rates;
  const mask: u32 = sizeof<State>() == 4 ? -1 << shift : 0x10000 - (0x10001 << shift);
  for (const end = rates + (count << alignof<State>()); rates < end; rates += 4)
    store<u32>(to + rates, (load<u32>(rates) << shift) & mask);
  return scaled;
}
