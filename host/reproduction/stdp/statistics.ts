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

  /** Of the mean; undefined below two numbers. */
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

/** Pairs in so many bins of equal width between the least and the greatest x; empty ones are left out. */
export function binned(pairs: readonly (readonly [x: number, y: number])[], bins: number): readonly Bin[] {
  if (pairs.length === 0) return [];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [x] of pairs) {
    least = Math.min(least, x);
    most = Math.max(most, x);
  }
  const width = (most - least) / bins || 1;
  const filled = Array.from({ length: bins }, () => ({ x: new Moments(), y: new Moments() }));
  for (const [x, y] of pairs) {
    const bin = filled[Math.min(Math.floor((x - least) / width), bins - 1)];
    bin.x.add(x);
    bin.y.add(y);
  }
  return filled
    .filter(({ x }) => x.count > 0)
    .map(({ x, y }) => ({ x: x.sum / x.count, y: y.sum / y.count, count: x.count }));
}

/** Of the bins' means. */
export function correlationOf(bins: readonly Bin[]): number | undefined {
  const correlation = new Correlation();
  for (const { x, y } of bins) correlation.add(x, y);
  return correlation.value;
}
