// Requests that came before their turn, one of those before them being lost, until it has come again. At the start of
// what the device was given, as many bytes as its window, which the host never fills with more.
import { copyBytes, request } from './buffers';
import { HEADER } from './wire';

let room: u32 = 0;
let filled: u32 = 0;

/** Of the request that release() found. */
export let releasedType: i32 = 0;

/** Takes `bytes` from the end of the static data on. */
export function openHold(bytes: u32): void {
  room = bytes;
  filled = 0;
}

export function dropHeld(): void {
  filled = 0;
}

export function isHolding(): bool {
  return filled > 0;
}

/** Keeps the request in the buffer `request`, unless it is held or there is no room: the host sends it again. */
export function hold(type: i32, sequence: u32, length: i32): void {
  const size = HEADER + length;
  if (filled + size > room || isHeld(sequence)) return;
  const at = __heap_base + filled;
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
  const at = __heap_base + offset;
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
  while (offset < filled) {
    const at = __heap_base + offset;
    if ((u32(load<u8>(at, 2)) | (u32(load<u8>(at, 3)) << 8)) == sequence) break;
    offset += HEADER + lengthAt(at);
  }
  return offset;
}

function lengthAt(at: usize): i32 {
  return i32(load<u8>(at)) | (i32(load<u8>(at, 1)) << 8);
}
