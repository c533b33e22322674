// The last replies, to send again, as many as there is room for.
import { reply } from '../messages/buffers';
import { HEADER, MAX_REPLY, REPLY_SLOTS } from '../messages/wire';
import { Shelf } from './shelf';

const REPLY_ROOM: i32 = REPLY_SLOTS * (HEADER + MAX_REPLY);
const room: usize = memory.data(REPLY_ROOM, 8);
const shelf = changetype<Shelf>(memory.data(offsetof<Shelf>(), 8));

export function forgetReplies(): void {
  shelf.open(room, REPLY_ROOM);
}

/** Keeps the reply in the buffer `reply`, in the place of the oldest. */
export function keepReply(type: i32, sequence: u32, length: i32): void {
  // After 65,536 requests a sequence comes again.
  shelf.drop(sequence);
  while (!shelf.put(type, sequence, reply, length)) shelf.dropOldest();
}

/** Puts a kept reply back into the buffer `reply`. Returns the length of its payload, or −1. */
export function recallReply(sequence: u32): i32 {
  return shelf.copyTo(reply, sequence);
}

export function recalledType(): i32 {
  return shelf.foundType;
}
