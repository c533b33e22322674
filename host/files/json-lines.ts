/** JSON, a value a line: what logs are made of. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { faultIn, UserError } from '../ground/index.js';
import { syncDirectory, writeFlushed } from './durable.js';
import { linesOf } from './text-lines.js';
import { writing } from './write-error.js';
import { writeWhole } from './write-whole.js';

/** Characters written at a time, and a line. */
const CHUNK = 1 << 16;

/**
 * The values of a file, as they are there; none where there is no file. A last line cut short by a crash is left out.
 * Throws `UserError` where the file cannot be read or any other line is not what the schema says.
 */
export function* readJsonLines<T>(path: string, schema: v.GenericSchema<unknown, T>): Generator<T> {
  let n = 0;
  for (const { text, isEnded } of linesOf(path)) {
    n++;
    if (text.trim() === '') continue;
    const value = parse(text);
    const result = v.safeParse(schema, value);
    // Not the schema's output: what it does not know is to stay.
    if (result.success) yield value as T;
    else if (isEnded)
      throw new UserError(
        `${path}, line ${n}: it is not what this program writes there: ${faultIn(result.issues)}`,
        'restore the file from a copy, or take the line out',
      );
  }
}

/** Appends a line; once this has returned, the line survives the power going off. Throws `UserError` where the file cannot be written. */
export function appendJsonLine(path: string, value: unknown): void {
  writing(path, () => {
    const isNew = !existsSync(path);
    writeFlushed(path, 'a', [line(value)]);
    if (isNew) syncDirectory(dirname(path));
  });
}

/** Whole or not at all. Throws `UserError` where the file cannot be written; it is then as it was. */
export function writeJsonLines(path: string, values: Iterable<unknown>): void {
  writeWhole(dirname(path), basename(path), chunksOf(values));
}

function* chunksOf(values: Iterable<unknown>): Generator<string> {
  let chunk = '';
  for (const value of values) {
    chunk += line(value);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
