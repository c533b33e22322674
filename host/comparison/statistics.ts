/** Statistics over the seeds of groups. */
import { type Spread, spread } from '../ground/index.js';

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

/** Decibels. Infinite where there is no noise. */
export function signalToNoise(signalPower: number, noisePower: number): number {
  return 10 * Math.log10(signalPower / noisePower);
}
