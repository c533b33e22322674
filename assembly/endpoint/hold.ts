// Requests that cannot run yet: one before them was lost, or takes its time. They lie at the end of the arena, as many as
// there is room for beside the network.
import { arenaEnd, spareBytes } from '../memory/arena';
import { request } from '../messages/buffers';
import { Shelf } from './shelf';

const shelf = changetype<Shelf>(memory.data(offsetof<Shelf>(), 8));
let isWhole: bool = false;

/** Forgets what is held, and takes `most` bytes of those that the network leaves. */
export function openHold(most: u32): void {
  const room = spareBytes(most);
  isWhole = room == most;
  shelf.open(arenaEnd() - room, room);
}

/** Returns whether all that a host may have under way can be held. */
export function holdsAll(): bool {
  return isWhole;
}

/** Keeps the request in the buffer `request`. Returns whether it is held: there may be no room. */
export function hold(type: i32, sequence: u32, length: i32): bool {
  return shelf.has(sequence) || shelf.put(type, sequence, request, length);
}

export function isHeld(sequence: u32): bool {
  return shelf.has(sequence);
}

/** Which of TOLD_REQUESTS from `expected` on are held: bit 0 is its own. */
export function heldFrom(expected: u32): u64 {
  return shelf.from(expected);
}

/** Puts a held request back into the buffer `request`. Returns the length of its payload. */
export function release(sequence: u32): i32 {
  return shelf.take(request, sequence);
}

/** Returns the type of the request that release() put back. */
export function releasedType(): i32 {
  return shelf.foundType;
}
