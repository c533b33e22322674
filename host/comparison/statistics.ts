/** Statistics over the seeds of one group. */
import type { Spread } from '../report/index.js';
import { studentQuantile } from './student.js';

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Nothing of no values; without deviation and interval of one. */
export function spread(values: readonly number[]): Spread | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const centre = mean(values);
  if (count === 1) return { mean: centre, count };
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1);
  const deviation = Math.sqrt(variance);
  const halfWidth = (studentQuantile(count - 1) * deviation) / Math.sqrt(count);
  return { mean: centre, count, deviation, halfWidth };
}

/** The spread of a − b over the seeds that both have. */
export function pairedDifference(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): Spread | undefined {
  const differences = [...a].flatMap(([seed, value]) => {
    const other = b.get(seed);
    return other === undefined ? [] : [value - other];
  });
  return spread(differences);
}

/** The greatest the true mean may be with a confidence of 97.5 %, the upper end of its 95 % interval; of one value, that value. */
export function upperBound({ mean: centre, halfWidth = 0 }: Spread): number {
  return centre + halfWidth;
}

/** Decibels. Infinite where there is no noise. */
export function signalToNoise(signalPower: number, noisePower: number): number {
  return 10 * Math.log10(signalPower / noisePower);
}
