/** Files of TOML: what is wrong in one is told with its name and the key. */
import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { nearest } from '../model/recipe.js';

type Table<Entries extends v.ObjectEntries> = v.StrictObjectSchema<Entries, undefined>;

/** @throws `UserError` where it cannot be read or is no TOML */
export function readToml(file: string): Readonly<Record<string, unknown>> {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof TomlError)
      throw new UserError(`${file}, line ${error.line}: ${error.message.split('\n')[0]}`, 'mend the TOML');
    throw new UserError(`could not read ${file}: ${(error as Error).message}`, undefined, { cause: error });
  }
}

/**
 * @param source where the values came from, in errors
 * @throws `UserError` where they are not what the schema asks for
 */
export function checkToml<const Entries extends v.ObjectEntries>(
  schema: Table<Entries>,
  values: unknown,
  source: string,
): v.InferOutput<Table<Entries>> {
  const result = v.safeParse(schema, values);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue) ?? '';
  if (issue.expected === 'never') {
    const known = knownKeys(schema, key);
    const meant = nearest(key.split('.').at(-1) ?? '', known);
    throw new UserError(
      `${source}: unknown key '${key}'`,
      meant ? `did you mean '${meant}'?` : `the keys there are ${known.join(', ')}`,
    );
  }
  throw new UserError(
    `${source}: ${issue.received === 'undefined' ? `'${key}' is missing` : `${key}: ${issue.message}`}`,
    'boards/README.md tells what each key means',
  );
}

/** The keys that could stand where an unknown one does. */
function knownKeys({ entries }: { readonly entries: v.ObjectEntries }, path: string): readonly string[] {
  const [table, key] = path.split('.');
  if (key === undefined) return Object.keys(entries);
  return /[a-z]/.test(table) ? keysOf(entries[table]) : [];
}

function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('wrapped' in schema) return keysOf(schema.wrapped);
  if ('options' in schema && Array.isArray(schema.options)) return schema.options.flatMap(keysOf);
  return 'entries' in schema && schema.entries ? Object.keys(schema.entries) : [];
}
