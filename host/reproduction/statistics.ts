/** Statistics of experiments. */
import { decimals } from '../ground/index.js';

/** The cosine of the angle between two lists of arrays, taken as one vector each; NaN where one is zero throughout. */
export function cosine(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** |a − b| / |b| of two such vectors. */
export function relativeDistance(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const difference = a.map((array, k) => array.map((value, i) => value - b[k][i]));
  return Math.sqrt(product(difference, difference) / product(b, b));
}

/** The length of a vector, given whole or in parts. */
export function norm(...parts: readonly Float64Array[]): number {
  return Math.sqrt(product(parts, parts));
}

function product(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  return a.reduce((sum, array, k) => array.reduce((all, value, i) => all + value * b[k][i], sum), 0);
}

/** A cosine to five decimals, cut off: 1 is shown where it is 1. */
export function shownCosine(value: number): string {
  return decimals(Math.trunc(value * 1e5) / 1e5, 5);
}
