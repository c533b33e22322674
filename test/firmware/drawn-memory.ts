/** Draws of one call of a primitive, which lie in the memory that it works on. */
import { Draw } from '../fuzz/draw.js';

export class DrawnMemory {
  readonly memory: Uint8Array;
  readonly #draw: Draw;
  readonly #view: DataView;
  #at = 0;

  /** @param base where the memory lies among the module's addresses */
  constructor(
    seed: number,
    private readonly base: number,
    bytes: number,
  ) {
    this.memory = new Uint8Array(bytes);
    this.#view = new DataView(this.memory.buffer);
    this.#draw = new Draw(seed, 0);
  }

  word(): number {
    return this.#draw.word() | 0;
  }

  /** From `least` to `most`. */
  within(least: number, most: number): number {
    return this.#draw.between(least, most);
  }

  /** One in four is an extreme or zero. */
  signed(bits: number): number {
    const most = 2 ** (bits - 1);
    const value = this.word() >> (32 - bits);
    return this.within(0, 3) > 0 ? value : [-most, most - 1, 0, -1][this.within(0, 3)];
  }

  many(n: number, draw: () => number): number[] {
    return Array.from({ length: n }, draw);
  }

  /** Values of 16 or 32 bits, behind what was placed before. Returns their address, `skew` bytes from a multiple of `alignment`. */
  placeAt(values: readonly number[], bytes: 2 | 4, alignment: number, skew: number): number {
    this.#at = Math.ceil(this.#at / alignment) * alignment + skew;
    const from = this.#at;
    for (const value of values) {
      if (bytes === 2) this.#view.setUint16(this.#at, value & 0xffff, true);
      else this.#view.setUint32(this.#at, value >>> 0, true);
      this.#at += bytes;
    }
    return this.base + from;
  }
}
