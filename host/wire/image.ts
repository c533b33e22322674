/**
 * Images travel as runs, losslessly; the device's end is `assembly/network/image.ts`. A token says what the next pixels
 * are, and how many bytes follow that are pixels themselves:
 *
 * - `0zzzzzcc` z zeros, then c bytes;
 * - `1vvnnncc` n + 1 pixels of 252 + vv (the ink of scanned digits is nearly saturated), then c bytes;
 * - `00000000` and a byte n: n + 1 bytes.
 *
 * Zeros at the end are left out.
 */
import { concatenate } from '../ground/index.js';

const ZEROS = 31;
const INK_RUN = 8;
const INK = 252;
const COPIES = 3;
const LONG = 256;
/** Bytes that cost no more behind the long token than behind short ones. */
const WORTH_LONG = 6;

/** Pixels, one byte each, to tokens: 162 bytes for an MNIST digit on average, and never 2 more in 256 than pixels. */
export function packImage(pixels: Uint8Array): Uint8Array {
  let end = pixels.length;
  while (end > 0 && pixels[end - 1] === 0) end--;
  const image = pixels.subarray(0, end);
  const runs = packRuns(image);
  const copied = end + 2 * Math.ceil(end / LONG);
  return runs.length <= copied ? Uint8Array.from(runs) : packCopies(image);
}

function packRuns(pixels: Uint8Array): readonly number[] {
  const out: number[] = [];
  for (let at = 0; at < pixels.length; ) {
    const value = pixels[at];
    const run = runAt(pixels, at);
    at += run;
    let stop = at;
    while (stop < pixels.length && !startsRun(pixels[stop])) stop++;
    const isLong = run === 0 && stop - at > WORTH_LONG;
    const copies = Math.min(stop - at, isLong ? LONG : COPIES);
    if (isLong) out.push(0, copies - 1);
    else if (value === 0 || run === 0) out.push((run << 2) | copies);
    else out.push(0x80 | ((value - INK) << 5) | ((run - 1) << 2) | copies);
    for (const end = at + copies; at < end; at++) out.push(pixels[at]);
  }
  return out;
}

function startsRun(pixel: number): boolean {
  return pixel === 0 || pixel >= INK;
}

/** Pixels from `at` on that a token's run can be; 0 where they are neither zero nor ink. */
function runAt(pixels: Uint8Array, at: number): number {
  const value = pixels[at];
  if (!startsRun(value)) return 0;
  const longest = value === 0 ? ZEROS : INK_RUN;
  let run = 1;
  while (run < longest && at + run < pixels.length && pixels[at + run] === value) run++;
  return run;
}

function packCopies(pixels: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < pixels.length; at += LONG) {
    const copied = pixels.subarray(at, at + LONG);
    parts.push(Uint8Array.of(0, copied.length - 1), copied);
  }
  return concatenate(parts);
}
