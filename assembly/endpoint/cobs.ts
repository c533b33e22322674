// Consistent Overhead Byte Stuffing, decoded byte by byte as the line delivers.

let length: i32 = 0;
let left: i32 = 0;
let owesZero: bool = false;
let broken: bool = false;

/** Results of a byte that completes no frame. */
export namespace Received {
  export const nothing: i32 = -1;
  export const damage: i32 = -2;
}

function append(frame: usize, capacity: i32, byte: i32): void {
  if (length < capacity) store<u8>(frame + length++, byte);
  else broken = true;
}

/** Tells whether no byte of a frame is there that has not come whole. */
export function isBetweenFrames(): bool {
  return length == 0 && left == 0 && !owesZero && !broken;
}

/** Forgets the frame that comes. */
export function dropFrame(): void {
  length = 0;
  left = 0;
  owesZero = false;
  broken = false;
}

/** Tells whether so many bytes of the coming frame are there, or more than any has. */
export function isLostOrAt(count: i32): bool {
  return broken || length == count;
}

/** Returns the length of the frame that this byte ends, or one of Received. Empty frames are nothing. */
export function decodeByte(byte: i32, frame: usize, capacity: i32): i32 {
  if (byte == 0) {
    const whole = left == 0 && !broken;
    const n = length;
    const empty = isBetweenFrames();
    dropFrame();
    return empty ? Received.nothing : whole ? n : Received.damage;
  }
  if (left == 0) {
    if (owesZero) append(frame, capacity, 0);
    left = byte - 1;
    owesZero = byte < 255;
  } else {
    append(frame, capacity, byte);
    left--;
  }
  return Received.nothing;
}

/**
 * Encodes a frame and the zero that ends it. Returns the bytes written: at most count + 1 + ⌊count / 254⌋ before the
 * zero. May encode in place, if the frame starts that far above `to`: no byte is written before those up to it were read.
 */
export function encodeFrame(to: usize, frame: usize, count: i32): i32 {
  let code = 0;
  let end = 1;
  for (let i = 0; i < count; i++) {
    const byte = load<u8>(frame + i);
    if (byte != 0) store<u8>(to + end++, byte);
    if (byte == 0 || (end - code == 255 && i + 1 < count)) {
      store<u8>(to + code, u8(end - code));
      code = end++;
    }
  }
  store<u8>(to + code, u8(end - code));
  store<u8>(to + end++, 0);
  return end;
}
