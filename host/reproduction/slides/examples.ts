/** Examples as numbers from 0 to 1. */
import type { Samples } from '../../data/index.js';
import { PIXEL_RATE } from '../../reference/index.js';

export interface Example {
  readonly inputs: Float64Array;
  readonly label: number;
  /** 1 at the label, else 0. */
  readonly target: Float64Array;
}

/** @param n of the samples, which repeat behind their last */
export function exampleOf(
  { images, labels, count }: Samples,
  pixels: number,
  n: number,
  classes: number,
): Example {
  const k = n % count;
  const inputs = Float64Array.from(
    images.subarray(k * pixels, (k + 1) * pixels),
    (byte) => byte * PIXEL_RATE,
  );
  const target = new Float64Array(classes);
  target[labels[k]] = 1;
  return { inputs, label: labels[k], target };
}
