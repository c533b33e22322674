/** How much of what can be drawn or varied the tests take: `npm test` some, `npm run test:slow` all. */

/** 1 in the quick suite, more in the slow one. */
export const LENGTH = Number(process.env.EQPROP_LENGTH ?? 1);

export const isLong = LENGTH > 1;

/** The first of them, and the others in the slow suite alone. */
export function some<T>(first: readonly T[], others: readonly T[]): T[] {
  return isLong ? [...first, ...others] : [...first];
}
