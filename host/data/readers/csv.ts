/** CSV files, read row by row: of a file of any length only the numbers are kept. */
import { createReadStream } from 'node:fs';
import { type Info, parse } from 'csv-parse';
import { CsvError, parse as parseText } from 'csv-parse/sync';
import { UserError } from '../../ground/index.js';
import { nearest } from '../../model/index.js';
import { inOrder, noteOnOrder, requireDistinct } from '../columns.js';
import type { Reading } from '../reading.js';
import { CategoryBuilder, grown, type Table } from '../table.js';
import {
  type Dialect,
  dialectIn,
  dialectOf,
  isMissing,
  malformed,
  numberOf,
  SAMPLE_BYTES,
  textOf,
} from './csv-dialect.js';

/** Names by which a column is taken for the class, in this order. */
const USUAL_LABELS = ['label', 'class', 'target', 'y', 'gesture'];

/** Which columns are what, by their indices. */
interface Roles {
  readonly label: number;
  readonly group: number | undefined;
  readonly features: readonly number[];
}

export interface Row {
  readonly record: readonly string[];
  readonly info: Pick<Info, 'lines'>;
}

type CsvReading = Pick<Reading, 'labelColumn' | 'groupColumn' | 'ignore' | 'split'>;

/**
 * Throws `UserError` that names file, line and column of whatever is no example.
 * @param known names of the features that are trained on: of a file with a header they are taken in this order
 */
export async function readCsv(file: string, reading: CsvReading, known?: readonly string[]): Promise<Table> {
  const dialect = await dialectOf(file);
  return tableOf(file, dialect, rowsOf(file, dialect), reading, known);
}

/** The same of a file's bytes. */
export async function parseCsv(file: string, bytes: Uint8Array, reading: CsvReading): Promise<Table> {
  const text = textOf(bytes);
  const beginning = text.length < SAMPLE_BYTES ? text.length : text.lastIndexOf('\n', SAMPLE_BYTES) + 1;
  const dialect = dialectIn(file, text.slice(0, beginning));
  return tableOf(file, dialect, rowsIn(file, text, dialect), reading);
}

async function tableOf(
  file: string,
  dialect: Dialect,
  rows: AsyncIterable<Row> | Iterable<Row>,
  reading: CsvReading,
  known?: readonly string[],
): Promise<Table> {
  const { columns, header } = dialect;
  const roles = rolesOf(file, dialect, reading, header ? known : undefined);
  const notes = [
    noteOnOrder(file, dialect, roles.features, known),
    noteOnUnnamed(file, dialect, roles.features),
  ].filter((note) => note !== undefined);
  const width = roles.features.length;
  const labels = new CategoryBuilder();
  const groups = roles.group === undefined ? undefined : new CategoryBuilder();
  let features = new Float64Array(1024 * width);
  let lines = new Uint32Array(1024);
  let count = 0;
  const wordIn = (record: readonly string[], column: number, line: number): string => {
    const word = record[column].trim();
    // 'none' is a class as good as any.
    if (word === '')
      throw missing(
        file,
        line,
        columns[column],
        'every example needs its class, and its group where it has one',
      );
    return word;
  };
  for await (const { record, info } of rows) {
    const line = info.lines;
    if ((count + 1) * width > features.length) features = grown(features);
    if (count === lines.length) lines = grown(lines);
    numbersIn(file, { record, info }, dialect, roles.features, features.subarray(count * width));
    labels.add(wordIn(record, roles.label, line));
    if (roles.group !== undefined) groups?.add(wordIn(record, roles.group, line));
    lines[count++] = line;
  }
  if (count === 0) throw new UserError(`${file} has a header and no rows`, 'write a row an example under it');
  const grouped = groups?.build();
  // A capture's groups are a default: one alone, or beside another split, they divide nothing.
  const divides =
    reading.groupColumn !== undefined || (reading.split === undefined && grouped && grouped.names.length > 1);
  return {
    file,
    count,
    width,
    features: features.subarray(0, count * width),
    columns: roles.features.map((column) => columns[column]),
    named: header,
    ...(notes.length > 0 && { notes }),
    labels: labels.build(),
    ...(grouped && divides && { groups: grouped }),
    nameOf: (example) => `line ${lines[example]}`,
  };
}

/** How the rows under a header are parted. */
function formOf({ separator, header }: Dialect) {
  const from = header ? 2 : 1;
  return { delimiter: separator, bom: true, skip_empty_lines: true, info: true, from } as const;
}

function rowsIn(file: string, text: string, dialect: Dialect): Iterable<Row> {
  try {
    return parseText(text, formOf(dialect)) as unknown as readonly Row[];
  } catch (cause) {
    throw cause instanceof CsvError ? malformed(file, cause) : cause;
  }
}

export async function* rowsOf(file: string, dialect: Dialect): AsyncGenerator<Row> {
  const parser = createReadStream(file).pipe(parse(formOf(dialect)));
  try {
    for await (const row of parser) yield row as Row;
  } catch (cause) {
    throw cause instanceof CsvError ? malformed(file, cause) : cause;
  }
}

/** Writes the numbers in some columns of a row. Throws `UserError` where one is none. */
export function numbersIn(
  file: string,
  { record, info }: Row,
  { columns, decimalComma }: Pick<Dialect, 'columns' | 'decimalComma'>,
  wanted: readonly number[],
  numbers: Float64Array,
): void {
  wanted.forEach((column, n) => {
    const value = numberOf(record[column], decimalComma);
    if (!Number.isFinite(value)) throw noNumber(file, info.lines, columns[column], record[column]);
    numbers[n] = value;
  });
}

function noNumber(file: string, line: number, column: string, text: string): UserError {
  if (isMissing(text)) return missing(file, line, column);
  return new UserError(
    `${file}, line ${line}, column ${column}: '${text.trim()}' is no number`,
    `mend it; or, if the column is no feature, leave it out with --ignore ${column}, or name it as --label-column or --group-column`,
  );
}

function missing(
  file: string,
  line: number,
  column: string,
  otherwise = `--ignore ${column} leaves the column out`,
): UserError {
  return new UserError(
    `${file}, line ${line}, column ${column}: the value is missing`,
    `fill it in or take the row out of the file; ${otherwise}`,
  );
}

/** Tables that other programs write often number their rows so, which a network learns instead of them. */
function noteOnUnnamed(file: string, { columns, unnamed }: Dialect, features: readonly number[]) {
  const taken = unnamed.filter((column) => features.includes(column)).map((column) => columns[column]);
  if (taken.length === 0) return undefined;
  return `a column of ${file} has no name and is taken for a feature: if it numbers the rows, leave it out with --ignore '${taken.join(',')}'`;
}

function rolesOf(
  file: string,
  dialect: Dialect,
  reading: Reading,
  known: readonly string[] | undefined,
): Roles {
  const { columns } = dialect;
  requireDistinct(file, columns);
  const find = (name: string, flag: string) => {
    const at = columns.indexOf(name);
    if (at >= 0) return at;
    const meant = nearest(name, columns);
    throw new UserError(
      `${file} has no column '${name}', which ${flag} names`,
      meant === undefined ? `its columns are ${listOf(columns)}` : `did you mean '${meant}'?`,
    );
  };
  // Where features are known by name, what is left out need not be there.
  const leftOut = (reading.ignore ?? []).filter((name) => !known || columns.includes(name));
  const ignored = new Set(leftOut.map((name) => find(name, '--ignore')));
  const groupName = groupColumnOf(dialect, reading);
  const group = groupName === undefined ? undefined : find(groupName, '--group-column');
  const knownNames = new Set(known);
  const label =
    reading.labelColumn === undefined
      ? usualLabel(file, dialect, (at) => at !== group && !ignored.has(at) && !knownNames.has(columns[at]))
      : find(reading.labelColumn, '--label-column');
  if (label === group)
    throw new UserError(
      `column ${columns[label]} of ${file} is both class and group`,
      'name another of the two',
    );
  const rest = columns.map((_, at) => at).filter((at) => at !== label && at !== group && !ignored.has(at));
  if (rest.length === 0)
    throw new UserError(`${file} has no column left for a feature`, 'leave fewer out with --ignore');
  return { label, group, features: known ? inOrder(file, columns, rest, known) : rest };
}

/** The column of groups: what is named, or that of a file that `eqprop capture` wrote with them. */
export function groupColumnOf(
  { header, columns: [first, second, third] }: Pick<Dialect, 'header' | 'columns'>,
  { groupColumn, ignore }: Pick<Reading, 'groupColumn' | 'ignore'>,
): string | undefined {
  if (groupColumn !== undefined) return groupColumn;
  const isCaptured = header && first === 'label' && second === 'group' && third === 'c0t0';
  return isCaptured && !ignore?.includes(second) ? second : undefined;
}

/** The column that is taken for the class where none is named: of those that may be, by its name, or the last of text. */
export function labelAmong(
  { columns, textual }: Pick<Dialect, 'columns' | 'textual'>,
  mayBe: (column: number) => boolean,
): number | undefined {
  const usual = USUAL_LABELS.map((label) =>
    columns.findIndex((name, at) => name.toLowerCase() === label && mayBe(at)),
  ).find((at) => at >= 0);
  return usual ?? textual.filter(mayBe).at(-1);
}

function usualLabel(file: string, dialect: Dialect, mayBe: (column: number) => boolean): number {
  const { columns } = dialect;
  const label = labelAmong(dialect, mayBe);
  if (label !== undefined) return label;
  throw new UserError(
    `${file} does not tell which column is the class`,
    `name it with --label-column: ${listOf(columns)}`,
  );
}

/** The first and the last names of a list that may be long. */
function listOf(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length <= 12
    ? quoted.join(', ')
    : [...quoted.slice(0, 8), '…', ...quoted.slice(-3)].join(', ');
}
