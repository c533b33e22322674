// The endpoint's fixed buffers. A payload is aligned to 8, so that its fields may be loaded directly.
import { ErrorPayload, HEADER, MAX_PAYLOAD, MAX_REPLY, TRAILER } from './wire';

/** The header ends where the aligned payload starts. */
const INCOMING_ROOM: i32 = 8;
/** Room, too, for the encoded frame to start before the plain one, so that it grows in the same place. */
const OUTGOING_ROOM: i32 = 16;

/** Largest frame before COBS. */
export const MAX_FRAME: i32 = HEADER + MAX_PAYLOAD + TRAILER;
/** Bytes the outside may hand over at once. */
export const INPUT_CAPACITY: i32 = 64;

/** u8[INPUT_CAPACITY]: bytes from the line. */
export const input: usize = memory.data(INPUT_CAPACITY, 8);
const incoming: usize = memory.data(INCOMING_ROOM + MAX_PAYLOAD + 8, 8);
/** u8: one frame, plain and then encoded, to the line. */
export const output: usize = memory.data(OUTGOING_ROOM + MAX_REPLY + 8, 8);
/** ErrorPayload: of a quiet request. */
export const refusal: usize = memory.data(ErrorPayload.SIZE, 8);

export const incomingFrame: usize = incoming + INCOMING_ROOM - HEADER;
export const request: usize = incoming + INCOMING_ROOM;
export const outgoingFrame: usize = output + OUTGOING_ROOM - HEADER;
export const reply: usize = output + OUTGOING_ROOM;

export function copyBytes(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(to + i, load<u8>(from + i));
}
