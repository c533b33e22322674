/** Random numbers of experiments: functions of a seed, a number of the draw's purpose, and how many came before. */
import { randomKey, randomWord } from '../model/index.js';

/** None of a device's streams. */
const STREAM = 1000;

export class Draws {
  readonly #key: ReturnType<typeof randomKey>;
  #index = 0;

  /** @param purpose draws of different purposes are independent */
  constructor(seed: number, purpose: number) {
    this.#key = randomKey(seed, STREAM, purpose);
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * ((randomWord(this.#key, this.#index++) >>> 0) / 2 ** 32);
  }

  /** A whole number, uniform from `least` to `most`. */
  whole(least: number, most: number): number {
    return Math.floor(this.uniform(least, most + 1));
  }

  /** Of mean 0 and variance 1 (Box and Muller 1958). */
  gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform(0, 1)));
    return radius * Math.cos(2 * Math.PI * this.uniform(0, 1));
  }
}
