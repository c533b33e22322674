/** The dialect that a CSV file's first lines tell: separator, decimal comma, header. */
import { type FileHandle, open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../../ground/index.js';

export interface Dialect {
  readonly separator: string;
  readonly decimalComma: boolean;
  /** True where the first line names the columns. */
  readonly header: boolean;
  /** Names of the columns: the header's, or numbers from 1 on; one without a name there is `unnamed 3`. */
  readonly columns: readonly string[];
  /** Indices of the columns that have no name in a header. */
  readonly unnamed: readonly number[];
  /** Indices of the columns that hold text in the first row. */
  readonly textual: readonly number[];
}

/** A comma may be a decimal one, so it comes last. */
const SEPARATORS = ['\t', ';', ','];
/** Bytes that tell a dialect, at most. */
export const SAMPLE_BYTES = 1 << 20;
const SAMPLE_ROWS = 20;

/** Words that stand where a value is missing. */
const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', 'null', 'none', '-']);

export function isMissing(text: string): boolean {
  return MISSING.has(text.trim().toLowerCase());
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const NUMBER_WITH_COMMA = /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i;

/** The number that a text is; NaN where it is none. */
export function numberOf(text: string, decimalComma: boolean): number {
  const trimmed = text.trim();
  if (decimalComma && NUMBER_WITH_COMMA.test(trimmed)) return Number(trimmed.replace(',', '.'));
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** True where a line has a number in it, whatever parts its fields. */
export function hasNumber(line: string): boolean {
  return SEPARATORS.some((separator) =>
    line.split(separator).some((text) => !Number.isNaN(numberOf(text, separator !== ','))),
  );
}

/** Throws `UserError` where the file cannot be read, or its first lines are no table. */
export async function dialectOf(file: string, fewest = 2): Promise<Dialect> {
  return dialectIn(file, await beginningOf(file), fewest);
}

/**
 * The same of the first lines themselves, as many as there are.
 * @param fewest columns that a table can have
 */
export function dialectIn(file: string, sample: string, fewest = 2): Dialect {
  const readings = SEPARATORS.map((separator) => ({ separator, rows: rowsOf(file, sample, separator) }));
  const find = (least: number) =>
    readings.find(({ rows }) => rows.length > 0 && rows[0].length >= least && isEven(rows));
  const found = find(2) ?? find(fewest);
  if (!found)
    throw new UserError(
      readings.every(({ rows }) => rows.length === 0)
        ? `${file} is empty`
        : `${file} is no table: no comma, semicolon or tab parts its first lines into as many columns each`,
      'write a row an example: its features and its class, parted by commas',
    );
  const { separator, rows } = found;
  const isWrittenWith = (sign: ',' | '.') =>
    rows.some((row) =>
      row.some((text) => text.includes(sign) && !Number.isNaN(numberOf(text, sign === ','))),
    );
  // Where there are points too, a comma may part thousands: such a field is then refused as no number.
  const decimalComma = separator !== ',' && isWrittenWith(',') && !isWrittenWith('.');
  const isNumber = (text: string) => !Number.isNaN(numberOf(text, decimalComma));
  const [first, second = []] = rows;
  const header =
    !first.some(isNumber) || first.some((text, column) => !isNumber(text) && isNumber(second[column] ?? ''));
  const [row = []] = header ? rows.slice(1) : rows;
  return {
    separator,
    decimalComma,
    header,
    columns: first.map((text, column) => (header ? text.trim() || `unnamed ${column + 1}` : `${column + 1}`)),
    unnamed: header ? first.flatMap((text, column) => (text.trim() === '' ? [column] : [])) : [],
    textual: row.flatMap((text, column) => (isNumber(text) || isMissing(text) ? [] : [column])),
  };
}

async function beginningOf(file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const text = textOf(buffer.subarray(0, bytesRead));
    // A last line that is cut short would look like another table's.
    return bytesRead < SAMPLE_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new UserError(
      code === 'ENOENT' ? `there is no file ${file}` : `${file} could not be read: ${message}`,
      'check the path',
      { cause },
    );
  } finally {
    await handle?.close();
  }
}

/** The text of a file's bytes, or of its first ones. */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  return new TextDecoder(first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
}

function rowsOf(file: string, sample: string, delimiter: string): readonly (readonly string[])[] {
  try {
    return parse(sample, {
      delimiter,
      to: SAMPLE_ROWS,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (error instanceof CsvError) throw malformed(file, error);
    throw error;
  }
}

/** Says where a file is no CSV. */
export function malformed(file: string, cause: CsvError, line = Number(cause.lines)): UserError {
  return new UserError(
    `${file}, line ${line || '?'}: ${cause.message}`,
    'every row has as many columns as the first; a field with the separator in it stands in double quotes',
    { cause },
  );
}

/** A row that is too long or too short further on is for the reader to name. */
function isEven([{ length }, second]: readonly (readonly string[])[]): boolean {
  return second === undefined || second.length === length;
}
