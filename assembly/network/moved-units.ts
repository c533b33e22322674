// Which units of a layer moved, slot by slot: where they are few, the contrasts of the input with them are summed over
// them alone. The lists lie where the input's rates do, which an update has no more use for.
//
// u16 each: how many of a slot's units are listed, then so many offsets in bytes of their states; or DENSE.
import { layer } from './graph';
import { Layer } from './layer';
import { minusStates, movedSlots } from './minibatch';

/** A slot whose units are not listed: too many moved, or there is no room. */
export const DENSE: u32 = 0xffff;

/** Address of the lists, in the order of the listed slots. */
export function movedUnits(): usize {
  return layer(0).changes;
}

/** Vectors add up all units in less time. */
export function mayList(l: Layer, moved: i32): bool {
  return !ASC_FEATURE_SIMD && l.size << alignof<State>() < i32(DENSE) && moved <= layer(0).size;
}

/** Lists the units of a layer in each of the listed slots, whose differences are taken. */
export function listMovedUnits(l: Layer, moved: i32): void {
  const bytes: usize = l.size << alignof<State>();
  // Adding one of a few takes two to three times as long as one of all.
  const most = (l.size * 3) >> 3;
  let to = movedUnits();
  const end = to + (layer(0).size << 1);
  for (let m = 0; m < moved; m++) {
    const changes = minusStates(i32(load<u16>(movedSlots + (m << 1)))) + (l.firstUnit << alignof<State>());
    // Every slot has a word at least.
    const room = i32((end - to) >> 1) - (moved - m);
    const limit = min(most, room);
    let count = 0;
    for (let at: usize = 0; at < bytes; at += sizeof<State>()) {
      if (load<State>(changes + at) == 0) continue;
      if (++count > limit) break;
      store<u16>(to + (count << 1), at);
    }
    const isListed = count <= limit;
    store<u16>(to, isListed ? u16(count) : u16(DENSE));
    to += isListed ? (count + 1) << 1 : 2;
  }
}
