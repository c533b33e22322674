// One arena from the end of the static data upwards. A network is laid out first and used only if it fits.
import { ArenaPart } from '../messages/wire';
import { self, teamRoom } from './team';

/** Bytes that a host's cores fetch at once; those of a microcontroller have no cache between them. */
const LINE: u64 = ASC_FEATURE_THREADS ? 64 : 8;

let origin: usize = 0;
let capacity: u64 = 0;
let used: u64 = 0;

const PARTS: i32 = ArenaPart.contrasts + 1;
export const ARENA_PARTS_BYTES: i32 = PARTS << 2;
/** u32[PARTS]: bytes used for each; each thread counts for itself. */
export let arenaParts: usize = memory.data(TEAM_LIMIT * ARENA_PARTS_BYTES, 4);
/** u32: what the leader was given. */
const given: usize = TEAM_LIMIT > 1 ? memory.data(4, 4) : 0;

/** Gives the arena its bytes; grows the memory where the runtime lets it. Returns the bytes there are. */
export function openArena(bytes: u32): u32 {
  origin = (__heap_base + 7) & ~7;
  const pages = i32((u64(origin) + bytes + 0xffff) >> 16);
  if (pages > memory.size()) memory.grow(pages - memory.size());
  const there = (u64(memory.size()) << 16) - origin;
  capacity = min<u64>(bytes, there);
  used = 0;
  if (TEAM_LIMIT > 1 && self == 0) store<u32>(given, u32(capacity));
  return u32(capacity);
}

/** A helper counts parts for itself. */
export function joinArena(): void {
  arenaParts += self * ARENA_PARTS_BYTES;
}

/** It lays out what the leader did, in the leader's arena. */
export function openSharedArena(): void {
  openArena(load<u32>(given));
  clearArena();
}

export function arenaCapacity(): u32 {
  return u32(capacity);
}

export function arenaUsed(): u64 {
  return used;
}

/** Where the arena ends. */
export function arenaEnd(): usize {
  return origin + usize(capacity);
}

/** Bytes at its end that no network has, or `most` where there are more. */
export function spareBytes(most: u32): u32 {
  return used < capacity ? u32(min<u64>(capacity - used, most)) : 0;
}

export function clearArena(): void {
  used = 0;
  nextElsewhere = elsewhere;
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

/** The same for what each thread of the team has one of: returns this thread's own. */
export function allocateOwn(part: i32, bytes: u64): usize {
  if (TEAM_LIMIT == 1) return allocate(part, bytes);
  // Two threads that write to one line of a cache wait for each other.
  const each = (bytes + LINE - 1) & ~(LINE - 1);
  const first = allocate(part, each * teamRoom() + LINE - 8);
  return ((first + usize(LINE) - 1) & ~(usize(LINE) - 1)) + usize(each) * self;
}

/** Where parameters that are only read lie outside of the arena. 0 where all have their place in it. */
let elsewhere: usize = 0;
let nextElsewhere: usize = 0;
let readsAll: bool = false;

/**
 * From the next CONFIGURE on the weights of fixed connections lie, one block after the other, at an address outside of the arena
 * (0: in it, as at first), a multiple of 8. `all`: so do all parameters, which are only read: the network predicts, and has no
 * room to learn.
 */
export function keepParametersAt(address: usize, all: bool): void {
  elsewhere = address;
  readsAll = all;
}

/** Returns whether no parameter may be written. */
export function isReadOnly(): bool {
  return readsAll;
}

/** The same for a block of parameters. */
export function allocateParameters(part: i32, bytes: u64, isFixed: bool): usize {
  if (elsewhere == 0 || !isFixed) return allocate(part, bytes);
  const at = nextElsewhere;
  nextElsewhere += usize((bytes + 7) & ~7);
  return at;
}

export function zero(at: usize, bytes: u32): void {
  const end = at + bytes;
  if (ASC_FEATURE_SIMD) for (; at + 16 <= end; at += 16) v128.store(at, i32x4.splat(0));
  for (; at + 16 <= end; at += 16) {
    store<u32>(at, 0);
    store<u32>(at, 0, 4);
    store<u32>(at, 0, 8);
    store<u32>(at, 0, 12);
  }
  for (; at + 4 <= end; at += 4) store<u32>(at, 0);
  for (; at < end; at++) store<u8>(at, 0);
}

/** Copies `count` aligned elements. */
export function copy<T>(to: usize, from: usize, count: i32): void {
  const bytes: usize = count << alignof<T>();
  let at: usize = 0;
  if (ASC_FEATURE_SIMD) for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < bytes; at += sizeof<T>()) store<T>(to + at, load<T>(from + at));
}
