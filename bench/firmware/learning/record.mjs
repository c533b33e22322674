/** Measurements, kept in a file: an entry for each contender and size of minibatch. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UserError } from '../../../dist/host/ground/errors.js';

/** @throws `UserError` where there is no such file, or no record in it */
export function readRecord(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(`${path} cannot be read: ${cause.message}`, 'name a file that --to has written', {
      cause,
    });
  }
}

/** Adds an entry, in the place of what was measured of the same contender before. */
export function addToRecord(entry, path) {
  const key = ({ contender, minibatch }) => `${contender} ${minibatch}`;
  const before = existsSync(path) ? readRecord(path) : [];
  const others = before.filter((each) => key(each) !== key(entry));
  writeFileSync(path, `${JSON.stringify([...others, entry], undefined, 2)}\n`);
}
