/** Saturations of a whole run, of which a device tells those since its configuration, in 32 bits. */
export class SaturationCount {
  #total: number;
  #told = 0;

  /** @param before the device's configuration */
  constructor(before: number) {
    this.#total = before;
  }

  get total(): number {
    return this.#total;
  }

  hear(told: number): void {
    this.#total += (told - this.#told) >>> 0;
    this.#told = told;
  }
}
