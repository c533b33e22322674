// The check of frames.
import { incomingFrame } from '../messages/buffers';
import { Code, REPLY, SCHEMA_HASH, Signal, TRAILER } from '../messages/wire';
import { crc32 } from './crc32';

function isFrozen(type: i32): bool {
  return type == Code.hello || type == (Code.hello | REPLY) || type == Signal.error;
}

/** The check of a frame's first bytes; that of frozen messages is the same whatever the schema. */
export function checkOf(frame: usize, length: i32): u32 {
  return crc32(frame, length, isFrozen(load<u8>(frame)) ? 0 : SCHEMA_HASH);
}

/** Returns whether the check of the frame that came, of so many bytes, fits it. */
export function isWhole(length: i32): bool {
  const trailer = incomingFrame + length - TRAILER;
  return checkOf(incomingFrame, length - TRAILER) == loadBytes(trailer);
}

/** A little-endian word at any address. */
function loadBytes(at: usize): u32 {
  return (
    load<u8>(at) | (u32(load<u8>(at, 1)) << 8) | (u32(load<u8>(at, 2)) << 16) | (u32(load<u8>(at, 3)) << 24)
  );
}
