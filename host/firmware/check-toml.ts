/** Checks what TOML holds: errors name the file and the key. */
import * as v from 'valibot';
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';

type Table<Entries extends v.ObjectEntries> = v.StrictObjectSchema<Entries, undefined>;

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
function knownKeys(schema: unknown, path: string): readonly string[] {
  const tables = path.split('.').slice(0, -1);
  return Object.keys(entriesOf(tables.reduce<unknown>((outer, table) => entriesOf(outer)[table], schema)));
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> {
  if (typeof schema !== 'object' || schema === null) return {};
  if ('wrapped' in schema) return entriesOf(schema.wrapped);
  if ('options' in schema && Array.isArray(schema.options))
    return Object.assign({}, ...schema.options.map(entriesOf));
  return 'entries' in schema ? { ...(schema.entries as object) } : {};
}
