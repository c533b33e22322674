// Units of a layer that moved, slot by slot: where they are few, the contrasts of the input with them are summed over
// them alone. The lists lie where the input's rates do, which an update has no more use for.
//
// Each thread of a team has a list of its own.
//
// u16 each: how many of a slot's units are listed, then so many offsets in bytes of their states; or DENSE.
import { countNonZero } from '../arithmetic/products';
import { Connection } from './connection';
import { connection, layer } from './graph';
import { Layer } from './layer';
import { minusStates, movedSlots } from './minibatch';

/** A slot whose units are not listed: too many moved, or there is no room. */
export const DENSE: u32 = 0xffff;

/** Address of the lists, in the order of the listed slots. */
export function movedUnits(): usize {
  return layer(0).changes;
}

/** Vectors add up all units in less time. There is one list: the first connection's. */
export function mayList(c: Connection, moved: i32): bool {
  const bytes = c.post.size << alignof<State>();
  const isFirst = changetype<usize>(c) == changetype<usize>(connection(0));
  return !ASC_FEATURE_SIMD && isFirst && bytes < i32(DENSE) && moved <= layer(0).size;
}

/** True once this thread has listed them. */
let listed: bool = false;

/** Before an update, or an example's sums: the differences are others. */
export function forgetMovedUnits(): void {
  listed = false;
}

/** Lists the units of a layer in each of the listed slots, whose differences are taken, unless they are. */
export function listMovedUnits(l: Layer, moved: i32): void {
  if (listed) return;
  listed = true;
  // Adding one of a few takes two to three times as long as one of all.
  const most = (l.size * 3) >> 3;
  let to = movedUnits();
  const end = to + (layer(0).size << 1);
  for (let m = 0; m < moved; m++) {
    const changes = minusStates(i32(load<u16>(movedSlots + (m << 1)))) + (l.firstUnit << alignof<State>());
    // Every slot has a word at least.
    const room = i32((end - to) >> 1) - (moved - m);
    const count = countNonZero(changes, l.size);
    if (count > min(most, room)) {
      store<u16>(to, u16(DENSE));
      to += 2;
    } else {
      store<u16>(to, u16(count));
      to = listNonZero(to + 2, changes, l.size << alignof<State>());
    }
  }
}

/** Lists offsets in bytes of the states that are not zero. Returns where the list ends. */
function listNonZero(to: usize, states: usize, bytes: usize): usize {
  for (let at: usize = 0; at < bytes; at += sizeof<State>()) {
    if (load<State>(states + at) == 0) continue;
    store<u16>(to, at);
    to += 2;
  }
  return to;
}
