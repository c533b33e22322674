import type { WeightArray } from '../model/index.js';

export interface Histogram {
  /** Middle of each bin, in real units. */
  readonly centres: readonly number[];
  readonly counts: readonly number[];
  /** Width of a bin, in real units. */
  readonly width: number;
  /** Least and greatest value the format holds. */
  readonly limits: readonly [number, number];
  /** Values at either limit. */
  readonly clipped: number;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Bins of equally many values of the format each, so that quantisation leaves no comb; zero is in the middle of
 * one. Empty bins between the least and the greatest value are kept.
 * @param values at least one integer with `fraction` fractional bits
 * @param most of bins, at least 3
 */
export function histogram(values: WeightArray, fraction: number, most: number): Histogram {
  const top = 2 ** (8 * values.BYTES_PER_ELEMENT - 1) - 1;
  const one = 2 ** fraction;
  let [least, greatest, clipped] = [values[0], values[0], 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value === top || value === -top - 1) clipped++;
  }
  // Odd, so that the bin of zero is symmetric; one bin may be cut at each end.
  let width = Math.max(1, Math.ceil((greatest - least + 1) / (most - 1)));
  if (width % 2 === 0) width++;
  const half = (width - 1) / 2;
  const bin = (value: number) => Math.floor((value + half) / width);
  const first = bin(least);
  const counts = new Array<number>(bin(greatest) - first + 1).fill(0);
  for (const value of values) counts[bin(value) - first]++;
  return {
    centres: counts.map((_, i) => ((first + i) * width) / one),
    counts,
    width: width / one,
    limits: [-(top + 1) / one, top / one],
    clipped,
    least: least / one,
    greatest: greatest / one,
  };
}
