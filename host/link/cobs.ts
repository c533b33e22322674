/**
 * Consistent Overhead Byte Stuffing (Cheshire & Baker 1999): removes zeros from a frame, so that a zero can
 * only ever mean the end of one. Costs one byte in 254, and one.
 */

/** Encoded bytes followed by the zero that ends the frame. */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.floor(bytes.length / 254) + 2);
  let code = 0;
  let end = 1;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0) out[end++] = bytes[i];
    // A full block of 254 carries no zero; when the frame ends with it, nothing follows.
    const full = end - code === 255;
    if (bytes[i] === 0 || (full && i + 1 < bytes.length)) {
      out[code] = end - code;
      code = end++;
    }
  }
  out[code] = end - code;
  out[end++] = 0;
  return out.subarray(0, end);
}

/** The bytes of one encoded frame without its final zero, or undefined where no encoder could have made it. */
export function cobsDecode(encoded: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(encoded.length);
  let end = 0;
  let i = 0;
  while (i < encoded.length) {
    const code = encoded[i++];
    if (code === 0 || i + code - 1 > encoded.length) return undefined;
    out.set(encoded.subarray(i, i + code - 1), end);
    end += code - 1;
    i += code - 1;
    if (code < 255 && i < encoded.length) out[end++] = 0;
  }
  return out.subarray(0, end);
}
