/** JSON, a value a line: what logs are made of. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { syncDirectory } from './durable.js';
import { writeWhole, writing } from './write-whole.js';

/**
 * All values of a file, as they are there; none where there is no file. A last line cut short by a crash is left out.
 * Throws `UserError` where the file cannot be read or any other line is not what the schema says.
 */
export function readJsonLines<T>(path: string, schema: v.GenericSchema<unknown, T>): readonly T[] {
  const lines = read(path).split('\n');
  return lines.flatMap((line, n): T[] => {
    if (line.trim() === '') return [];
    const value = parse(line);
    // Not the schema's output: what it does not know is to stay.
    if (v.is(schema, value)) return [value as T];
    if (n === lines.length - 1) return [];
    throw new UserError(
      `${path}, line ${n + 1}: it is not what this program writes there`,
      'restore the file from a copy, or take the line out',
    );
  });
}

/** What returned from here survives the power going off. Throws `UserError` where the file cannot be written. */
export function appendJsonLine(path: string, value: unknown): void {
  writing(path, () => {
    const isNew = !existsSync(path);
    appendFileSync(path, line(value), { flush: true });
    if (isNew) syncDirectory(dirname(path));
  });
}

/** Whole or not at all. Throws `UserError` where the file cannot be written; it is then as it was. */
export function writeJsonLines(path: string, values: readonly unknown[]): void {
  writeWhole(dirname(path), basename(path), values.map(line).join(''));
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new UserError(`could not read ${path}: ${message}`, 'restore it, or take it away', {
      cause: error,
    });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
