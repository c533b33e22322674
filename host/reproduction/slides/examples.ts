/** Examples as numbers from 0 to 1. */
import type { Dataset, Samples } from '../../data/index.js';
import type { Picture } from '../../model/index.js';
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

/** An image of half as many rows and columns, each pixel the mean of four; whole where a side is odd or there are channels. */
export function halvedOf(
  { rows, columns, channels = 1, pixels }: Picture & Pick<Dataset, 'pixels'>,
  { count, images }: Samples,
  n: number,
): Float64Array {
  const k = n % count;
  const image = images.subarray(k * pixels, (k + 1) * pixels);
  if (channels !== 1 || rows % 2 !== 0 || columns % 2 !== 0)
    return Float64Array.from(image, (byte) => byte * PIXEL_RATE);
  const halved = new Float64Array(pixels / 4);
  image.forEach((byte, at) => {
    const row = Math.floor(at / columns);
    const column = at % columns;
    halved[Math.floor(row / 2) * (columns / 2) + Math.floor(column / 2)] += (byte * PIXEL_RATE) / 4;
  });
  return halved;
}
