/** Draws that depend on (seed, episode) and their count alone, so that any episode can be run again by itself. */
import { randomKey, randomWord } from '#host/model/index';

/** Apart from the kernel's own streams. */
const STREAM = 0x66757a7a;

export class Draw {
  readonly #key: number;
  #index = 0;

  constructor(seed: number, episode: number) {
    this.#key = randomKey(seed, STREAM, episode);
  }

  /** Any word of 32 bits. */
  word(): number {
    return randomWord(this.#key, this.#index++) >>> 0;
  }

  /** 0 … count − 1. */
  below(count: number): number {
    return this.word() % count;
  }

  /** `least` … `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in so many draws. */
  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)];
  }

  /** One of the keys, each as often as its share says. */
  pickByShare<K extends string>(shares: Readonly<Record<K, number>>): K {
    let sum = 0;
    for (const key in shares) sum += shares[key];
    let left = this.below(sum);
    for (const key in shares) {
      if (left < shares[key]) return key;
      left -= shares[key];
    }
    throw new Error('there are no shares');
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      const word = this.word();
      for (let j = 0; j < 4 && i + j < count; j++) bytes[i + j] = word >>> (8 * j);
    }
    return bytes;
  }

  /** Short more often than long. */
  length(most: number): number {
    return this.below(this.below(most) + 1);
  }
}
