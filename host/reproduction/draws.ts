/** Random numbers of experiments: functions of a seed, a number of the draw's purpose, and an index. */
import { randomKey, randomWord } from '../model/index.js';

/** None of a device's streams. */
const STREAM = 1000;

/** Keys of draws that have an index of their own, by use. */
export const ExperimentStream = { noise: 1001, otherNoise: 1002, voltages: 1003, spikes: 1004 } as const;

/** Uniform within [0, 1). */
export function uniformDraw(key: number, index: number): number {
  return (randomWord(key, index) >>> 0) / 2 ** 32;
}

/** A normal number of mean 0 and variance 1, from the words 2·index and 2·index + 1. */
export function normalDraw(key: number, index: number): number {
  return normalOf(uniformDraw(key, 2 * index), uniformDraw(key, 2 * index + 1));
}

/** A normal number out of two uniform ones within [0, 1) (Box and Muller 1958). */
function normalOf(a: number, b: number): number {
  return Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
}

/** Draws one after another. */
export class Draws {
  readonly #key: ReturnType<typeof randomKey>;
  #index = 0;

  /** @param purpose draws of different purposes are independent */
  constructor(seed: number, purpose: number) {
    this.#key = randomKey(seed, STREAM, purpose);
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * uniformDraw(this.#key, this.#index++);
  }

  /** A whole number, uniform from `least` to `most`. */
  whole(least: number, most: number): number {
    return Math.floor(this.uniform(least, most + 1));
  }

  /** A normal number of mean 0 and variance 1. */
  gaussian(): number {
    return normalOf(this.uniform(0, 1), this.uniform(0, 1));
  }
}
