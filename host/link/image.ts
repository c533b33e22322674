/**
 * Images travel as runs, losslessly; the device's end is `assembly/model/image.ts`. The top bits of a token say
 * what the n + 1 pixels are, n being the bits below: `00nnnnnn` zero, `01nnnnnn` the bytes that follow,
 * `1vvnnnnn` 252 + vv (the ink of scanned digits is nearly saturated). Zeros at the end are left out.
 */
const LONG_RUN = 64;
const INK_RUN = 32;
const INK = 252;

/** Pixels, one byte each, to tokens: 188 bytes for an MNIST digit on average. */
export function packImage(pixels: Uint8Array): Uint8Array {
  let end = pixels.length;
  while (end > 0 && pixels[end - 1] === 0) end--;
  const out: number[] = [];
  let literalsFrom = 0;
  const flush = (to: number) => {
    for (let at = literalsFrom; at < to; at += LONG_RUN) {
      const stop = Math.min(at + LONG_RUN, to);
      out.push(0x40 | (stop - at - 1), ...pixels.subarray(at, stop));
    }
  };
  let at = 0;
  while (at < end) {
    const value = pixels[at];
    let stop = at + 1;
    while (stop < end && pixels[stop] === value) stop++;
    const run = stop - at;
    // A single zero costs less among its neighbours, and so no image grows by more than a byte in 64.
    if ((value === 0 || value >= INK) && run > 1) {
      flush(at);
      const longest = value === 0 ? LONG_RUN : INK_RUN;
      const token = value === 0 ? 0 : 0x80 | ((value - INK) << 5);
      for (let left = run; left > 0; left -= longest) out.push(token | (Math.min(left, longest) - 1));
      literalsFrom = stop;
    }
    at = stop;
  }
  flush(end);
  return Uint8Array.from(out);
}
