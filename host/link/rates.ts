/** The rates that a line may have, where nobody has said which: the one at which its device answers is found. */

/** With its start and its stop. */
export const BITS_PER_BYTE = 10;

export interface LineRates {
  /** Bits a second, in the order in which they are tried, again and again. */
  readonly tried: readonly number[];
  /** Sets the line to a rate; bytes may be under way. Rejects where the line cannot have it. */
  set(baud: number): Promise<void>;
}

/** The rates in turn, without those that the line cannot have. */
export class RateTurns {
  readonly #rates: LineRates;
  #left: readonly number[];
  #next = 0;

  constructor(rates: LineRates) {
    this.#rates = rates;
    this.#left = rates.tried;
  }

  /** Sets the line to the next rate, or to the one that is given, and returns it. Rejects where none is left. */
  async take(given?: number): Promise<number> {
    for (;;) {
      const baud = given ?? this.#left[this.#next++ % this.#left.length];
      try {
        await this.#rates.set(baud);
        return baud;
      } catch (error) {
        this.#left = this.#left.filter((other) => other !== baud);
        if (given !== undefined || this.#left.length === 0) throw error;
        this.#next = 0;
      }
    }
  }
}
