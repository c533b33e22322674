/** What was measured, kept in a file: an entry for each contender and size of minibatch. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../dist/host/errors.js';

export const recordPath = fileURLToPath(new URL('../recorded/learning.json', import.meta.url));

export function readRecord(path = recordPath) {
  if (!existsSync(path)) return [];
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(`${path} cannot be read: ${cause.message}`, 'delete it, and measure anew', { cause });
  }
}

/** Adds an entry, in the place of what was measured of the same contender before. */
export function addToRecord(entry, path = recordPath) {
  const key = ({ contender, minibatch }) => `${contender} ${minibatch}`;
  const others = readRecord(path).filter((each) => key(each) !== key(entry));
  writeFileSync(path, `${JSON.stringify([...others, entry], undefined, 2)}\n`);
}
