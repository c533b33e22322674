/** Names that a library can have: those that every one of its manifests allows. */
import { basename, resolve } from 'node:path';
import { UserError } from '../ground/index.js';

/** PlatformIO's, the shortest of them. */
const LONGEST = 50;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Arduino's manager keeps these to itself. */
const TAKEN = /^arduino/i;

/** @throws `UserError` where it can be no library's */
export function requireLibraryName(name: string): string {
  if (name.length > LONGEST || !NAME.test(name) || TAKEN.test(name))
    throw new UserError(
      `'${name}' can be no library's name`,
      `up to ${LONGEST} letters, digits, '_', '.' and '-' are needed; it begins with a letter or digit, and not with arduino`,
    );
  return name;
}

/** The name of the library of a run, from that of its folder. */
export function libraryNameOf(run: string): string {
  const name = basename(resolve(run))
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  const whole = name === '' || TAKEN.test(name) ? `eqprop-${name}` : name;
  return whole.slice(0, LONGEST).replace(/[^A-Za-z0-9]+$/, '');
}
