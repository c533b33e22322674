/** Names that a library can have: those that every one of its manifests allows. */
import { basename, resolve } from 'node:path';
import { UserError } from '../ground/index.js';

/** Arduino's, the shortest of them. */
const LONGEST = 63;
/** One letter at least. */
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** Arduino keeps these to itself. */
const TAKEN = /^arduino/i;

const isName = (text: string) => text.length <= LONGEST && NAME.test(text) && !TAKEN.test(text);

/** @throws `UserError` where it can be no library's */
export function requireLibraryName(name: string): string {
  if (!isName(name))
    throw new UserError(
      `'${name}' can be no library's name`,
      `up to ${LONGEST} letters, digits, '_', '.' and '-' are needed, a letter among them; a letter or digit first, and not arduino`,
    );
  return name;
}

/** The name of the library of a run, from that of its folder. */
export function libraryNameOf(run: string): string {
  const name = trimmed(basename(resolve(run)).replaceAll(/[^A-Za-z0-9_.-]+/g, '-')).slice(0, LONGEST);
  return trimmed(isName(name) ? name : `eqprop-${name}`.slice(0, LONGEST));
}

function trimmed(name: string): string {
  return name.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
