/** Rows of features to be predicted, from a CSV file or from lines as they come; a class may stand among them, or not. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../../ground/index.js';
import { inOrder, noteOnOrder, requireDistinct } from '../columns.js';
import type { Reading } from '../reading.js';
import { groupColumnOf, labelAmong, numbersIn, type Row, rowsOf } from './csv.js';
import { type Dialect, dialectIn, dialectOf, hasNumber, malformed } from './csv-dialect.js';

/** A stream's name, in messages. */
export const STREAM = 'standard input';

/** The rows that a model takes. */
export interface RowForm {
  /** How the data were read that it has learnt: columns that are named here are no features. */
  readonly reading: Pick<Reading, 'labelColumn' | 'groupColumn' | 'ignore'>;
  /** How many features it takes. */
  readonly features: number;
  /** Their names, where they have any: of rows with a header they are taken by these. */
  readonly columnNames?: readonly string[];
}

export interface FeatureRow {
  /** A line of the file or stream, from 1 on. */
  readonly line: number;
  readonly features: Float64Array;
  /** Its class's name, where the file tells it. */
  readonly label?: string;
}

/** Which columns are what, by their indices. */
interface Roles {
  readonly features: readonly number[];
  readonly label: number | undefined;
}

/** Rows of a table, whose dialect is known when its first one has come. */
interface Rows {
  readonly dialect: Dialect;
  readonly rows: AsyncIterable<Row>;
}

/**
 * Rows one after the other, each as soon as its line has come.
 * @param source a file's path, or a stream of lines
 * @param signal when aborted, there are no more
 * @param onNote told what is worth a word, before the first row
 * @throws `UserError` that names line and column of whatever is no example
 */
export async function* featureRows(
  source: string | Readable,
  form: RowForm,
  signal?: AbortSignal,
  onNote?: (note: string) => void,
): AsyncGenerator<FeatureRow> {
  if (typeof source === 'string') {
    const table = await ofFile(source, form);
    for await (const row of numbered(source, table, form, onNote)) {
      if (signal?.aborted) return;
      yield row;
    }
    return;
  }
  const lines = createInterface({
    input: source,
    crlfDelay: Number.POSITIVE_INFINITY,
    ...(signal && { signal }),
  });
  try {
    const table = await ofStream(linesIn(lines), form);
    if (table) yield* numbered(STREAM, table, form, onNote);
  } finally {
    // A stream that flows keeps the process from its end.
    lines.close();
  }
}

async function* numbered(
  name: string,
  { dialect, rows }: Rows,
  form: RowForm,
  onNote: ((note: string) => void) | undefined,
): AsyncGenerator<FeatureRow> {
  const { features, label } = rolesOf(name, dialect, form);
  const note = noteOnOrder(name, dialect, features, form.columnNames);
  if (note !== undefined) onNote?.(note);
  for await (const row of rows) {
    const numbers = new Float64Array(features.length);
    numbersIn(name, row, dialect, features, numbers);
    const word = label === undefined ? '' : row.record[label].trim();
    yield { line: row.info.lines, features: numbers, ...(word !== '' && { label: word }) };
  }
}

async function ofFile(file: string, { features }: RowForm): Promise<Rows> {
  const dialect = await dialectOf(file, Math.min(features, 2));
  return { dialect, rows: rowsOf(file, dialect) };
}

/** Nothing where the stream has no row. */
async function ofStream(lines: AsyncGenerator<Line>, { features }: RowForm): Promise<Rows | undefined> {
  const begun: Line[] = [];
  // A header alone does not tell how numbers are written.
  do {
    const { done, value } = await lines.next();
    if (done) return undefined;
    begun.push(value);
  } while (begun.length < 2 && !hasNumber(begun[0].text));
  const dialect = dialectIn(STREAM, begun.map(({ text }) => text).join('\n'), Math.min(features, 2));
  if (dialect.header) begun.shift();
  return { dialect, rows: parsed(dialect, begun, lines) };
}

interface Line {
  readonly text: string;
  readonly line: number;
}

async function* linesIn(lines: AsyncIterable<string>): AsyncGenerator<Line> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() !== '') yield { text: line === 1 ? text.replace(/^\ufeff/, '') : text, line };
  }
}

async function* parsed(
  dialect: Dialect,
  begun: readonly Line[],
  lines: AsyncIterable<Line>,
): AsyncGenerator<Row> {
  for (const line of begun) yield rowOf(dialect, line);
  for await (const line of lines) yield rowOf(dialect, line);
}

function rowOf({ separator, columns }: Dialect, { text, line }: Line): Row {
  const record = recordOf(separator, { text, line });
  if (record.length !== columns.length)
    throw new UserError(
      `${STREAM}, line ${line}: ${record.length} columns, the first row has ${columns.length}`,
      'every row has as many columns as the first; a field with the separator in it stands in double quotes',
    );
  return { record, info: { lines: line } };
}

function recordOf(delimiter: string, { text, line }: Line): readonly string[] {
  try {
    const [record = []]: string[][] = parse(text, { delimiter });
    return record;
  } catch (error) {
    throw error instanceof CsvError ? malformed(STREAM, error, line) : error;
  }
}

/** The columns that the model's data left out are left out, where they are there; one that is left over is the class. */
function rolesOf(
  name: string,
  dialect: Dialect,
  { reading, features: width, columnNames: known }: RowForm,
): Roles {
  const { header, columns } = dialect;
  const all = columns.map((_, at) => at);
  // Without a header a column's number says nothing where others are missing.
  if (!header && all.length === width) return { features: all, label: undefined };
  const others = [...(reading.ignore ?? []), groupColumnOf(dialect, reading)];
  const rest = all.filter((at) => !others.includes(columns[at]));
  const named = rest.find((at) => columns[at] === reading.labelColumn);
  if (header && known) {
    requireDistinct(name, columns);
    const names = new Set(known);
    const left = new Set(rest.filter((at) => !names.has(columns[at])));
    const label = named ?? labelAmong(dialect, (at) => left.has(at));
    const found = rest.filter((at) => at !== label);
    return { features: inOrder(name, columns, found, known), label };
  }
  const left = (at: number) => rest.includes(at);
  const label = named ?? (rest.length === width ? undefined : labelAmong(dialect, left));
  const features = rest.filter((at) => at !== label);
  if (features.length === width) return { features, label };
  const beside = all.length - features.length;
  throw new UserError(
    `${name} has ${features.length} columns of features${beside > 0 ? ` beside ${beside} that are none` : ''}, the model takes ${width}`,
    'give the columns that it was trained on, in their order; a class, a group and ignored ones may stand among them by their names',
  );
}
