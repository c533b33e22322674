/**
 * How far each of several is above the best of them, from results in pairs: of the same seeds, in the same order.
 *
 * Every two are compared by Student's t on their differences, seed by seed, each with its own deviation. The confidence is
 * shared by as many comparisons as there are others than the best (Bonferroni), so that all of those with the best hold
 * together. Which one is the best need not be known: it is none of those that another is surely below, so what holds
 * beside all of the rest holds beside it (after J. C. Hsu, multiple comparisons with the best). Differences are taken to be
 * normal over the seeds; images are those that there are.
 */
import { CONFIDENCE, deviationOf, mean, studentFactor } from '../ground/index.js';

/** One's results, a number a seed. */
export type Results = readonly number[];

/** From the least to the most that something may be. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** As many more seeds as it is worth to say a number of. */
const MOST_SEEDS = 100;

export class Evidence {
  readonly #factor: number;

  /**
   * @param results of two or more, two seeds or more
   * @param resolution what results are multiples of, 0 if of nothing: equal results of few seeds do not show that there
   * is no spread, so that the deviation of a difference is taken to be no less than rounding both to it makes
   */
  constructor(
    private readonly results: readonly Results[],
    private readonly resolution: number,
  ) {
    this.#factor = this.#factorOf(this.#seeds);
  }

  /** How far each is above the best, with 95 % confidence in all of them together. */
  aboveBest(): readonly Range[] {
    const contenders = this.results.filter((one) =>
      this.results.every((other) => other === one || this.#difference(one, other).low <= 0),
    );
    return this.results.map((one) => {
      const differences = contenders
        .filter((other) => other !== one)
        .map((other) => this.#difference(one, other));
      // None left: it is the best itself.
      if (differences.length === 0) return { low: 0, high: 0 };
      return {
        low: Math.max(0, Math.min(...differences.map(({ low }) => low))),
        high: Math.max(0, Math.max(...differences.map(({ high }) => high))),
      };
    });
  }

  /**
   * Estimates how many more seeds would show one to be at most `margin` above the best, if means and deviations stay as
   * they are. Infinite where more than 100.
   */
  moreSeeds(one: Results, margin: number): number {
    const others = this.results.filter((other) => other !== one);
    const differences = others.map((other) => this.#measured(one, other));
    for (let more = 1; more <= MOST_SEEDS; more++) {
      const seeds = this.#seeds + more;
      const factor = this.#factorOf(seeds) / Math.sqrt(seeds);
      if (differences.every(({ centre, deviation }) => centre + factor * deviation <= margin)) return more;
    }
    return Number.POSITIVE_INFINITY;
  }

  get #seeds(): number {
    return this.results[0].length;
  }

  #factorOf(seeds: number): number {
    const comparisons = this.results.length - 1;
    return studentFactor(1 - (1 - CONFIDENCE) / comparisons, seeds - 1);
  }

  #difference(one: Results, other: Results): Range {
    const { centre, deviation } = this.#measured(one, other);
    const halfWidth = (this.#factor * deviation) / Math.sqrt(this.#seeds);
    return { low: centre - halfWidth, high: centre + halfWidth };
  }

  #measured(one: Results, other: Results): { readonly centre: number; readonly deviation: number } {
    const differences = one.map((value, n) => value - other[n]);
    const centre = mean(differences);
    // A rounded number is off by its unit/√12, a difference of two by √2 times that.
    return { centre, deviation: Math.max(deviationOf(differences, centre), this.resolution / Math.sqrt(6)) };
  }
}
