// The endpoint's fixed buffers. A payload is aligned to 8, so that its fields may be loaded directly.
import { ErrorPayload, HEADER, MAX_PAYLOAD, REPLY_SLOTS, TRAILER } from './wire';

/** Bytes of the header slot: the header ends where the aligned payload starts. */
const HEADER_ROOM: i32 = 8;
const FRAME_ROOM: i32 = HEADER_ROOM + MAX_PAYLOAD + 8;

/** Largest frame before COBS. */
export const MAX_FRAME: i32 = HEADER + MAX_PAYLOAD + TRAILER;
/** Bytes the outside may hand over at once. */
export const INPUT_CAPACITY: i32 = 256;

/** u8[INPUT_CAPACITY]: bytes from the line. */
export const input: usize = memory.data(INPUT_CAPACITY, 8);
const incoming: usize = memory.data(FRAME_ROOM, 8);
const outgoing: usize = memory.data(FRAME_ROOM, 8);
/** The last replies, to send again: length u32, sequence u32, then type and payload as sent. */
const kept: usize = memory.data(REPLY_SLOTS * (16 + MAX_PAYLOAD), 8);
/** ErrorPayload: of a quiet request. */
export const refusal: usize = memory.data(ErrorPayload.SIZE, 8);
/** u8: one encoded frame, to the line. */
export const output: usize = memory.data(MAX_FRAME + MAX_FRAME / 254 + 8, 8);

export const incomingFrame: usize = incoming + HEADER_ROOM - HEADER;
export const request: usize = incoming + HEADER_ROOM;
export const outgoingFrame: usize = outgoing + HEADER_ROOM - HEADER;
export const reply: usize = outgoing + HEADER_ROOM;

/** A kept reply. */
@unmanaged
export class KeptReply {
  /** Of the payload, or −1 while the slot is empty. */
  length: i32;
  sequence: u32;
  type: u32;
  reserved: u32;
}

export function keptReply(slot: i32): KeptReply {
  return changetype<KeptReply>(kept + slot * (16 + MAX_PAYLOAD));
}

export function keptPayload(slot: i32): usize {
  return kept + slot * (16 + MAX_PAYLOAD) + 16;
}

export function copyBytes(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(to + i, load<u8>(from + i));
}
