/** Damage that a line, or whoever sits at its other end, may do to frames. All of it ends with a zero. */
import { cobsDecode, cobsEncode } from '#host/link/cobs';
import type { Frame } from '#host/link/frame';
import { encodeFrame } from '#host/link/index';
import { HEADER, MAX_PAYLOAD, TRAILER } from '#host/wire/index';
import type { Draw } from './draw.js';

const ZERO = Uint8Array.of(0);

function ended(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...parts, ZERO]);
}

/** Bits turned, each in a byte of its own. */
function flipped(draw: Draw, encoded: Uint8Array): Uint8Array {
  const bytes = encoded.slice(0, -1);
  const first = draw.below(bytes.length);
  for (let n = 0; n < Math.min(draw.between(1, 6), bytes.length); n++)
    bytes[(first + n) % bytes.length] ^= 1 << draw.below(8);
  return ended(bytes);
}

function spliced(draw: Draw, encoded: Uint8Array, other: Uint8Array): Uint8Array {
  return ended(
    encoded.subarray(0, draw.below(encoded.length)),
    other.subarray(draw.below(other.length), other.length - 1),
  );
}

/** Well stuffed, but with another check. */
function unchecked(draw: Draw, frame: Frame): Uint8Array {
  const bytes = cobsDecode(encodeFrame(frame).subarray(0, -1)) as Uint8Array;
  const { buffer, byteOffset, byteLength } = bytes;
  const check = new DataView(buffer, byteOffset + byteLength - TRAILER, TRAILER);
  check.setUint32(0, draw.pick([0, 0xffffffff, draw.word()]), true);
  return cobsEncode(bytes);
}

/** Too long by one or more, or endless; or as long as can be. */
function long(draw: Draw, frame: Frame): Uint8Array {
  const length = MAX_PAYLOAD + draw.pick([0, 1, 2, 3, 4, 5, 6, 100, 900]);
  const payload = draw.once(2) ? new Uint8Array(length).fill(draw.pick([0, 1, 255])) : draw.bytes(length);
  if (draw.once(3)) return ended(payload.map((byte) => byte || 1));
  return encodeFrame({ ...frame, payload });
}

function noise(draw: Draw): Uint8Array {
  const bytes = draw.bytes(draw.length(draw.once(20) ? 3000 : 60));
  return ended(draw.once(2) ? bytes : bytes.map((byte) => byte || draw.pick([1, 2, 254, 255])));
}

/** Each takes a frame that would be run next, and another one. */
export const damages = {
  noise,
  flipped: (draw: Draw, frame: Frame) => flipped(draw, encodeFrame(frame)),
  truncated: (draw: Draw, frame: Frame) => {
    const encoded = encodeFrame(frame);
    return ended(encoded.subarray(0, draw.between(1, encoded.length - 2)));
  },
  extended: (draw: Draw, frame: Frame) =>
    ended(
      encodeFrame(frame).subarray(0, -1),
      draw.bytes(draw.between(1, 20)).map((byte) => byte || 1),
    ),
  spliced: (draw: Draw, frame: Frame, other: Frame) => spliced(draw, encodeFrame(frame), encodeFrame(other)),
  cut: (draw: Draw, frame: Frame) => {
    const encoded = encodeFrame(frame);
    const at = draw.between(1, encoded.length - 2);
    return ended(encoded.subarray(0, at), ZERO, encoded.subarray(at, -1));
  },
  unchecked,
  short: (draw: Draw) =>
    draw.once(2) ? new Uint8Array(draw.between(1, 5)) : cobsEncode(draw.bytes(draw.below(HEADER + TRAILER))),
  long,
} satisfies Record<string, (draw: Draw, frame: Frame, other: Frame) => Uint8Array>;

export type DamageName = keyof typeof damages;
