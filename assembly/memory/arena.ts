// One arena from the end of the static data upwards. A network is laid out first and used only if it fits.
import { ArenaPart } from '../endpoint/wire';

let origin: usize = 0;
let capacity: u64 = 0;
let used: u64 = 0;

const PARTS: i32 = ArenaPart.contrasts + 1;
/** u32[PARTS]: bytes used for each. */
export const arenaParts: usize = memory.data(PARTS << 2, 4);
export const ARENA_PARTS_BYTES: i32 = PARTS << 2;

/** Gives the arena its bytes; grows the memory where the runtime lets it. Returns the bytes there are. */
export function openArena(bytes: u32): u32 {
  origin = (__heap_base + 7) & ~7;
  const pages = i32((u64(origin) + bytes + 0xffff) >> 16);
  if (pages > memory.size()) memory.grow(pages - memory.size());
  const there = (u64(memory.size()) << 16) - origin;
  capacity = min<u64>(bytes, there);
  used = 0;
  return u32(capacity);
}

export function arenaCapacity(): u32 {
  return u32(capacity);
}

export function arenaUsed(): u64 {
  return used;
}

export function clearArena(): void {
  used = 0;
  zero(arenaParts, ARENA_PARTS_BYTES);
}

/**
 * The next `bytes` for an ArenaPart, aligned to 8. While counting, the address may lie beyond the arena: it must not be touched
 * before arenaUsed() was found within arenaCapacity().
 */
export function allocate(part: i32, bytes: u64): usize {
  const at = used;
  const aligned = (bytes + 7) & ~7;
  used += aligned;
  const sum = arenaParts + (part << 2);
  store<u32>(sum, load<u32>(sum) + u32(aligned));
  return origin + usize(at);
}

export function zero(at: usize, bytes: u32): void {
  const end = at + bytes;
  for (; at + 4 <= end; at += 4) store<u32>(at, 0);
  for (; at < end; at++) store<u8>(at, 0);
}

/** Copies whole 16-bit elements between places aligned to 2. */
export function copyStates(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<i16>(to + (i << 1), load<i16>(from + (i << 1)));
}
