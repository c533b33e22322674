/** Durations from outside: one range for flags, files and options of the library. */
import { UserError } from './errors.js';

/** A timer counts 31 bits of milliseconds, 24 days; set to more it ends at once. */
const MOST_SECONDS = 2_147_483;

export function isDuration(milliseconds: number): boolean {
  return milliseconds > 0 && milliseconds <= 1000 * MOST_SECONDS;
}

/** The allowed range, in the unit of flags and files. */
export const SECONDS_RANGE = `seconds above 0, up to ${MOST_SECONDS} (24 days)`;

/** An option of the library: throws `UserError` that names it where it is no duration. */
export function requireDuration(milliseconds: number, name: string): void {
  if (isDuration(milliseconds)) return;
  throw new UserError(
    `${name} is ${milliseconds} ms`,
    `give milliseconds above 0, up to ${1000 * MOST_SECONDS} (24 days)`,
  );
}
