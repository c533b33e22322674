// Images travel as runs, losslessly; the host's end is host/link/image.ts. The top two bits of a token say what
// the n + 1 pixels are, n being the bits below:
//   00nnnnnn  zero
//   01nnnnnn  the n + 1 bytes that follow
//   1vvnnnnn  252 + vv: the ink of scanned digits is nearly saturated
// Zeros at the end are left out.

/**
 * Unpacks into u8[pixels]. Returns `pixels`, or where the tokens are wrong the pixels they came to: beyond the room
 * there is, or before the end where a run is cut short.
 */
export function unpackImage(tokens: usize, length: i32, image: usize, pixels: i32): i32 {
  const end = tokens + length;
  let at = 0;
  while (tokens < end) {
    const token = i32(load<u8>(tokens++));
    const copies = token >> 6 == 1;
    const run = (token & (token & 0x80 ? 0x1f : 0x3f)) + 1;
    const value = token & 0x80 ? 252 + ((token >> 5) & 3) : 0;
    if (at + run > pixels) return at + run;
    if (copies && tokens + run > end) return at + i32(end - tokens);
    for (let i = 0; i < run; i++) store<u8>(image + at + i, copies ? load<u8>(tokens + i) : value);
    if (copies) tokens += run;
    at += run;
  }
  for (let i = at; i < pixels; i++) store<u8>(image + i, 0);
  return pixels;
}
