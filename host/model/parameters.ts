/**
 * Real parameters as the device holds them. Each is rounded once, here, and device and reference use that value.
 * A gain is a parameter of its own: it comes from the recipe's real β, not from the nudge's rounded one.
 */
import { UserError } from '../ground/index.js';

/** An integer for the wire and the real number it stands for. */
export interface Rounded {
  readonly word: number;
  readonly value: number;
}

/** A number with `fraction` fractional bits in `bits` bits; as a word not less than `least`. */
export function roundFixed(value: number, fraction: number, bits: number, what: string, least = 0): Rounded {
  const scale = 2 ** fraction;
  const word = Math.round(value * scale);
  const most = 2 ** bits - 1;
  if (!(word >= least && word <= most))
    throw new UserError(`${what} is ${value}`, `it must lie between ${least / scale} and ${most / scale}`);
  return { word, value: word / scale };
}

const MANTISSA_BITS = 16;
const LEAST_EXPONENT = 16;
const MOST_EXPONENT = 32;
const MOST_GAIN = (2 ** MANTISSA_BITS - 1) / 2 ** LEAST_EXPONENT;

/**
 * A gain as mantissa · 2^−exponent, the mantissa filling 16 bits where the exponent's range (16 … 32) lets it.
 *
 * @param remedy written only where the gain is impossible: every minibatch has its gains
 */
export function roundGain(gain: number, what: string, remedy?: () => string): Rounded {
  if (!(gain >= 0 && gain <= MOST_GAIN))
    throw new UserError(
      `${what} comes to a gain of ${gain}`,
      `it must lie between 0 and ${MOST_GAIN}${remedy ? `: ${remedy()}` : ''}`,
    );
  let exponent = LEAST_EXPONENT;
  while (exponent < MOST_EXPONENT && Math.round(gain * 2 ** (exponent + 1)) < 2 ** MANTISSA_BITS) exponent++;
  const mantissa = Math.round(gain * 2 ** exponent);
  return { word: (exponent << 16) | mantissa, value: mantissa / 2 ** exponent };
}

/** The fraction of a weight that decay takes away at once. */
export function roundDecay(decay: number): Rounded {
  return roundFixed(decay, 32, 32, 'weight decay');
}
