/** How much of its inputs a data set's examples have in common: a zero that is grey drives all units of a first layer alike. */
import type { Samples } from './dataset.js';

/** Examples that greyness is measured on, at most: a mean needs no more. */
const MEASURED = 1000;
/** Share of the inputs' energy that all examples have in common, from which on they are grey. MNIST has 0.40. */
const GREY = 0.8;

export interface Greyness {
  /** ‖mean input‖² over the mean ‖input‖². */
  readonly share: number;
  /** ‖mean input‖², an input being byte/256. */
  readonly energy: number;
  /** Mean byte. */
  readonly brightness: number;
}

/** Nothing where the inputs are not grey. In whole numbers, so that every host finds the same. */
export function greynessOf({ images, count }: Pick<Samples, 'images' | 'count'>): Greyness | undefined {
  const pixels = count === 0 ? 0 : images.length / count;
  const stride = Math.ceil(count / MEASURED);
  const sums = new Float64Array(pixels);
  let measured = 0;
  let squares = 0;
  for (let n = 0; n < count; n += stride, measured++)
    for (let i = 0; i < pixels; i++) {
      const byte = images[n * pixels + i];
      sums[i] += byte;
      squares += byte * byte;
    }
  const common = sums.reduce((total, sum) => total + sum * sum, 0);
  const share = squares === 0 ? 0 : common / (measured * squares);
  if (share < GREY) return undefined;
  return {
    share,
    energy: common / (256 * measured) ** 2,
    brightness: sums.reduce((total, sum) => total + sum, 0) / (measured * pixels),
  };
}
