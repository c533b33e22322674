/** Statistics of the simulated changes: by delay, by bins, and how far two rules agree. */

/** Sum, sum of squares and count of numbers that come one at a time. */
export class Moments {
  count = 0;
  sum = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    this.#squares += value * value;
  }

  /** Undefined of nothing. */
  get mean(): number | undefined {
    return this.count === 0 ? undefined : this.sum / this.count;
  }

  /** Standard error of the mean; undefined below two numbers. */
  get standardError(): number | undefined {
    if (this.count < 2) return undefined;
    const variance = (this.#squares - this.sum ** 2 / this.count) / (this.count - 1);
    return Math.sqrt(Math.max(variance, 0) / this.count);
  }
}

/** Pearson's correlation of pairs that come one at a time. */
export class Correlation {
  #n = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #yy = 0;
  #xy = 0;

  add(x: number, y: number): void {
    this.#n++;
    this.#x += x;
    this.#y += y;
    this.#xx += x * x;
    this.#yy += y * y;
    this.#xy += x * y;
  }

  /** Undefined where either is constant. */
  get value(): number | undefined {
    const spread = (squares: number, sum: number) => squares - sum ** 2 / this.#n;
    const [xs, ys] = [spread(this.#xx, this.#x), spread(this.#yy, this.#y)];
    if (!(xs > 0 && ys > 0)) return undefined;
    return (this.#xy - (this.#x * this.#y) / this.#n) / Math.sqrt(xs * ys);
  }
}

export interface Bin {
  /** Means of x and y in the bin. */
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** Pairs that come one at a time, in bins of equal width from `low` to `high`; those beyond fall into the outer ones. */
export class Bins {
  readonly #cells: readonly { readonly x: Moments; readonly y: Moments }[];

  constructor(
    private readonly low: number,
    private readonly high: number,
    bins: number,
  ) {
    this.#cells = Array.from({ length: bins }, () => ({ x: new Moments(), y: new Moments() }));
  }

  add(x: number, y: number): void {
    const count = this.#cells.length;
    const cell = Math.floor((count * (x - this.low)) / (this.high - this.low));
    const { x: xs, y: ys } = this.#cells[Math.min(Math.max(cell, 0), count - 1)];
    xs.add(x);
    ys.add(y);
  }

  /** Those with so many pairs at least, 1 unless told. */
  filled(least = 1): readonly Bin[] {
    return this.#cells
      .filter(({ x }) => x.count >= least)
      .map(({ x, y }) => ({ x: x.sum / x.count, y: y.sum / y.count, count: x.count }));
  }
}

/** Correlation of the bins' means. */
export function correlationOf(bins: readonly Bin[]): number | undefined {
  const correlation = new Correlation();
  for (const { x, y } of bins) correlation.add(x, y);
  return correlation.value;
}
