/** Hints of errors about connections: they say what would fit. */
import { pictureName } from '../picture.js';
import type { Shape } from './kind.js';

/** The sides that a patch or kernel may have. */
export function sideHint(most: number): string {
  return most > 1
    ? `sides go from 1 to ${most}`
    : 'none but side 1 fits: a layer has rows and columns where network says so, as 28x28';
}

/** Where a connection must end. */
export function endHint(
  { channels }: Shape,
  ends: { readonly rows: number; readonly columns: number },
): string {
  const { rows, columns } = ends;
  return `it ends in one of ${pictureName(ends)}: ${channels}x${rows}x${columns} in network, for instance`;
}

/** Common divisors of two numbers, upwards; 1 alone for two zeros. */
export function commonDivisors(a: number, b: number): readonly number[] {
  const most = Math.max(a, b, 1);
  return Array.from({ length: most }, (_, n) => n + 1).filter((n) => a % n === 0 && b % n === 0);
}
