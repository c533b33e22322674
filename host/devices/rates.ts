/** The rates at which a port's device is looked for. */

/** Bits a second: boards' own first, and twice, since a board may just be starting. Never 1,200: many take it for the wish to be programmed. */
export const TRIED_RATES: readonly number[] = [
  ...[921_600, 115_200, 921_600, 115_200],
  ...[460_800, 230_400, 1_000_000, 57_600, 38_400, 19_200, 9600],
];

export const [LIKELIEST_RATE] = TRIED_RATES;

/** Tells whether firmware of this rate is found without being told. */
export function isTried(baud: number): boolean {
  return TRIED_RATES.includes(baud);
}
