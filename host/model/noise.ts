/** Gaussian noise by counter: the numbers that the kernel draws (`assembly/dynamics/noise.ts`); a test holds the two together. */
import { NO_STEP } from '../wire/index.js';
import { mix32, randomKey, randomWord, Stream } from './random.js';

/** Fractional bits of what is drawn, before its deviation. */
const DRAWN_FRACTION = 17;
/** The standard deviation of what is drawn: that of the ones among 32 random bits, and of a step's rounding filled uniformly. */
export const DRAWN_DEVIATION = Math.sqrt(8 + (1 - 2 ** -32) / 12);

/** Phases of an example. */
export const Phase = { free: 0, plus: 1, minus: 2 } as const;

/** The key of the numbers of an example's phase. @param step of the minibatch; undefined where it is not learnt from */
export function noiseKey(seed: number, step: number | undefined, slot: number, phase: number): number {
  return randomWord(randomKey(seed, Stream.noise, step ?? NO_STEP), 4 * slot + phase);
}

/** A number of mean 0 and variance 1, nearly normal: of unit `unit` of all free ones, in an iteration counted from 1. */
export function noiseOf(key: number, iteration: number, unit: number): number {
  const word = randomWord(randomWord(key, iteration), unit);
  const drawn = (ones(word) - 16) * 2 ** DRAWN_FRACTION + 2 * (mix32(word) & 0xffff) - 0xffff;
  return drawn / 2 ** DRAWN_FRACTION / DRAWN_DEVIATION;
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest > 0; rest &= rest - 1, rest >>>= 0) count++;
  return count;
}
