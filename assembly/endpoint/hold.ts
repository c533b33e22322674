// Requests that came before their turn, one of those before them being lost, until it has come again. They lie at the end
// of the arena, as many as there is room for beside the network. At any address: byte by byte.
import { arenaEnd, spareBytes } from '../memory/arena';
import { copyBytes, request } from './buffers';
import { HEADER } from './wire';

let base: usize = 0;
let room: u32 = 0;
let filled: u32 = 0;

/** Of the request that release() found. */
export let releasedType: i32 = 0;

/** Forgets what is held, and takes `most` bytes of those that the network leaves. */
export function openHold(most: u32): void {
  room = spareBytes(most);
  base = arenaEnd() - room;
  filled = 0;
}

export function isHolding(): bool {
  return filled > 0;
}

/** How many requests from `expected` on are missing before the first that is held; 0 if none is. */
export function missingBefore(expected: u32): u32 {
  let least: u32 = 0;
  for (let offset: u32 = 0; offset < filled; offset += HEADER + lengthAt(base + offset)) {
    const distance = (sequenceAt(base + offset) - expected) & 0xffff;
    if (least == 0 || distance < least) least = distance;
  }
  return least;
}

/** Keeps the request in the buffer `request`, unless it is held or there is no room: the host sends it again. */
export function hold(type: i32, sequence: u32, length: i32): void {
  const size = HEADER + length;
  if (filled + size > room || isHeld(sequence)) return;
  const at = base + filled;
  store<u8>(at, u8(length));
  store<u8>(at, u8(length >> 8), 1);
  store<u8>(at, u8(sequence), 2);
  store<u8>(at, u8(sequence >> 8), 3);
  store<u8>(at, u8(type), 4);
  copyBytes(at + HEADER, request, length);
  filled += size;
}

export function isHeld(sequence: u32): bool {
  return find(sequence) < filled;
}

/** Puts a held request back into the buffer `request`. Returns the length of its payload. */
export function release(sequence: u32): i32 {
  const offset = find(sequence);
  const at = base + offset;
  const length = lengthAt(at);
  const size = HEADER + length;
  releasedType = load<u8>(at, 4);
  copyBytes(request, at + HEADER, length);
  filled -= size;
  copyBytes(at, at + size, filled - offset);
  return length;
}

/** Where it begins, or `filled`. */
function find(sequence: u32): u32 {
  let offset: u32 = 0;
  while (offset < filled && sequenceAt(base + offset) != sequence) offset += HEADER + lengthAt(base + offset);
  return offset;
}

function sequenceAt(at: usize): u32 {
  return u32(load<u8>(at, 2)) | (u32(load<u8>(at, 3)) << 8);
}

function lengthAt(at: usize): i32 {
  return i32(load<u8>(at)) | (i32(load<u8>(at, 1)) << 8);
}
