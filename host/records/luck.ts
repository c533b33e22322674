/** Errors that luck explains, and errors that it does not. */
import type { Evaluation } from './metrics.js';

type Measured = Pick<Evaluation, 'error' | 'samples'>;

/** An error as good as one by luck alone is met with in fewer than so many runs. */
const RARE = 1 / 100;

/**
 * Returns whether two errors may be of equally good networks: their difference lies within 1.96 standard errors of the
 * difference of two independent shares of as many images. False where one of them was not measured.
 */
export function isWithinChance(a: Measured | undefined, b: Measured | undefined): boolean {
  if (!a || !b) return false;
  const variance = ({ error, samples }: Measured) => ((error / 100) * (1 - error / 100)) / samples;
  return Math.abs(a.error - b.error) / 100 <= 1.96 * Math.sqrt(variance(a) + variance(b));
}

/**
 * Returns whether an error is better than luck: answers that know nothing of their examples make so few mistakes or fewer
 * in less than 1 % of all cases.
 * @param chance the error of such answers, percent
 */
export function isBetterThanLuck({ error, samples }: Measured, chance: number): boolean {
  return mistakesAtMost(Math.round((error / 100) * samples), samples, chance / 100) < RARE;
}

/** The binomial distribution's share of no more than `most` mistakes in so many answers, each one with this probability. */
function mistakesAtMost(most: number, samples: number, probability: number): number {
  if (most >= samples || probability <= 0) return 1;
  if (probability >= 1) return 0;
  // In logarithms: the first terms are smaller than any number.
  let term = samples * Math.log(1 - probability);
  const odds = Math.log(probability) - Math.log(1 - probability);
  let sum = Math.exp(term);
  for (let k = 1; k <= most; k++) {
    term += Math.log((samples - k + 1) / k) + odds;
    sum += Math.exp(term);
  }
  return sum;
}
