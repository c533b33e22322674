// A network's drives have one format, the finest weights'. Rates that pass coarser ones are scaled up by the difference.
import { allocateOwn } from '../memory/arena';
import { ArenaPart } from '../messages/wire';
import { Connection } from './connection';
import { weightFraction } from './graph';

/** State[the widest layer]. 0 where all connections have one format. */
let scaled: usize = 0;

/** @param widest units of the widest layer, 0 where all connections have one format */
export function layOutScaling(widest: i32): void {
  scaled = allocateOwn(ArenaPart.states, u64(widest) << alignof<State>());
}

/** State[count] rates as a connection sends them. */
export function scaleUp(c: Connection, rates: usize, count: i32): usize {
  const shift = weightFraction - c.fraction;
  if (shift == 0) return rates;
  for (let at: usize = 0, end: usize = count << alignof<State>(); at < end; at += sizeof<State>())
    store<State>(scaled + at, i32(load<State>(rates + at)) << shift);
  return scaled;
}
