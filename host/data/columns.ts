/** Columns by their names: the features that a model knows are found in any order. */
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';
import { listOf } from './notes.js';

/** Names of a table's columns, and whether the file gave them. */
interface NamedColumns {
  readonly columns: readonly string[];
  /** False where they are numbers only. */
  readonly header: boolean;
}

/**
 * Returns the columns of the known features, in their order.
 * @param columns names of all columns
 * @param found the columns that are to be features
 * @param known names of the features that are trained on
 * @throws `UserError` where one of these is missing, or one that was found is none of them
 */
export function inOrder(
  file: string,
  columns: readonly string[],
  found: readonly number[],
  known: readonly string[],
): readonly number[] {
  const places = new Map(found.map((column) => [columns[column], column]));
  const ordered = known.map((name) => places.get(name));
  const missing = known.filter((_, n) => ordered[n] === undefined);
  const names = new Set(known);
  const strange = [...places.keys()].filter((name) => !names.has(name));
  if (missing.length > 0) {
    // Where more are missing than there is something instead, none of this is a slip of the pen.
    const meant = strange.length < missing.length ? undefined : nearest(missing[0], strange);
    throw new UserError(
      `columns that were trained on are not in ${file}: ${quoted(missing)}`,
      meant === undefined
        ? 'give all of them, in any order, under their names'
        : `did you mean '${missing[0]}' by '${meant}'?`,
    );
  }
  if (strange.length > 0)
    throw new UserError(
      `${file} has columns that were not trained on: ${quoted(strange)}`,
      'take them out of the file, or train with them',
    );
  return ordered.filter((column) => column !== undefined);
}

/** Throws `UserError` where two columns have one name. */
export function requireDistinct(file: string, columns: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of columns) {
    if (seen.has(name))
      throw new UserError(`${file} has two columns named '${name}'`, 'name each column otherwise');
    seen.add(name);
  }
}

/** Says how a file's columns became the known features, where that is worth a word. */
export function noteOnOrder(
  file: string,
  { header }: NamedColumns,
  ordered: readonly number[],
  known: readonly string[] | undefined,
): string | undefined {
  if (known === undefined) return undefined;
  if (!header) return `${file} has no header: its columns are taken in the order that was trained on`;
  if (ordered.every((column, n) => n === 0 || column > ordered[n - 1])) return undefined;
  return `the columns of ${file} stand in another order than was trained on: they are taken by their names`;
}

function quoted(names: readonly string[]): string {
  return listOf(names.map((name) => `'${name}'`));
}
