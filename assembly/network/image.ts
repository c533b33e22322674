// Images travel as runs, losslessly; the host's end is host/wire/image.ts. A token says what the next pixels are, and
// how many bytes follow that are pixels themselves:
//   0zzzzzcc  z zeros, then c bytes
//   1vvnnncc  n + 1 pixels of 252 + vv, then c bytes: the ink of scanned digits is nearly saturated
//   00000000  and a byte n: n + 1 bytes
// Zeros at the end are left out.

/**
 * Unpacks into u8[pixels]. Returns `pixels`, or where the tokens are wrong the pixels they came to: beyond the room
 * there is, or before the end where bytes are missing.
 */
export function unpackImage(tokens: usize, length: i32, image: usize, pixels: i32): i32 {
  const end = tokens + length;
  let at = 0;
  while (tokens < end) {
    const token = i32(load<u8>(tokens++));
    const ink = token >> 7;
    const run = ink ? ((token >> 2) & 7) + 1 : token >> 2;
    const value = ink ? 252 + ((token >> 5) & 3) : 0;
    let copies = token & 3;
    if (token == 0) {
      if (tokens == end) return at == pixels ? at + 1 : at;
      copies = i32(load<u8>(tokens++)) + 1;
    }
    if (at + run + copies > pixels) return at + run + copies;
    for (let i = 0; i < run; i++) store<u8>(image + at + i, value);
    at += run;
    if (tokens + copies > end) return at + i32(end - tokens);
    for (let i = 0; i < copies; i++) store<u8>(image + at + i, load<u8>(tokens + i));
    tokens += copies;
    at += copies;
  }
  for (let i = at; i < pixels; i++) store<u8>(image + i, 0);
  return pixels;
}
