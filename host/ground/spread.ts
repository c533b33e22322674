/** Spreads: several values, one a seed, and all that there could be. */
import { studentFactor } from './student.js';

/** The confidence of every interval that is told; several at a time share what it leaves. */
export const CONFIDENCE = 0.95;

/** A mean over `count` values; standard deviation and half the width of the 95 % interval of two or more. */
export interface Spread {
  readonly mean: number;
  readonly count: number;
  readonly deviation?: number;
  readonly halfWidth?: number;
}

/** The mean of some values; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation that two or more values let expect of all there could be. */
export function deviationOf(values: readonly number[], centre: number): number {
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Nothing of no values; without deviation and interval of one. */
export function spread(values: readonly number[]): Spread | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const centre = mean(values);
  if (count === 1) return { mean: centre, count };
  const deviation = deviationOf(values, centre);
  const halfWidth = (studentFactor(CONFIDENCE, count - 1) * deviation) / Math.sqrt(count);
  return { mean: centre, count, deviation, halfWidth };
}
