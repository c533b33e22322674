/**
 * The CSV file that captures go to, one after the other: `label,c0t0,c0t1,…,c1t0,…`, a row a window, channel by channel, so
 * that the shape channels × 1 × window reads it. Rows are appended whole; what was appended is there after a crash.
 */
import { accessSync, constants, statSync, truncateSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { linesOf, requireFolder, type TextLine, writeFlushed, writeWhole, writing } from '../files/index.js';
import { excerpt, printable, several, UserError } from '../ground/index.js';

/** The form of a file's rows: the header follows from it and the number of channels. */
export interface RowForm {
  /** Lines of a window. */
  readonly window: number;
  /** True where a column behind the label names the group. */
  readonly hasGroup: boolean;
}

const ANOTHER_FILE = 'name another file with --out';

export class RowFile {
  #isThere: boolean;

  /**
   * Opens a file that is there, or one that is made with its first row.
   * @param repaired is told of a last row without its end, which a crash left behind and which is taken out
   * @throws `UserError` where it cannot be written, or holds something else
   */
  static open(path: string, form: RowForm, repaired: (row: string) => void): RowFile {
    requireFolder(dirname(path));
    let header: string | undefined;
    let cut: TextLine | undefined;
    const rows = new Map<string, number>();
    for (const line of linesOf(path)) {
      const text = line.text.replace(/\r$/, '');
      if (!line.isEnded) cut = line.text === '' ? undefined : line;
      else if (header === undefined) header = line.text;
      else if (text !== '') countIn(rows, labelOf(text));
    }
    if (header === undefined && cut) throw isNotOurs(path, cut.text);
    const channels = header === undefined ? undefined : channelsIn(path, header.replace(/\r$/, ''), form);
    // An error before anything is captured.
    if (header !== undefined) writing(path, () => accessSync(path, constants.W_OK));
    if (cut) {
      const { at } = cut;
      writing(path, () => truncateSync(path, at));
      repaired(cut.text);
    }
    return new RowFile(path, form, rows, channels, header?.endsWith('\r') ? '\r\n' : '\n');
  }

  private constructor(
    readonly path: string,
    private readonly form: RowForm,
    /** Rows a label, in the order of their first ones. */
    readonly rows: Map<string, number>,
    /** The file's; undefined where there is none yet. */
    private readonly channels: number | undefined,
    private readonly lineEnd: string,
  ) {
    this.#isThere = channels !== undefined;
  }

  /**
   * @param line of the sensor, for the error
   * @throws `UserError` where the file's rows have another number of channels
   */
  requireChannels(channels: number, line: string): void {
    if (this.channels === undefined || this.channels === channels) return;
    throw new UserError(
      `the sensor prints ${several(channels, 'value')} a line ('${excerpt(line)}'), the windows in ${this.path} have ${this.channels}`,
      `let it print those ${this.channels}, or ${ANOTHER_FILE}`,
    );
  }

  /**
   * Appends windows, all of them or, where that fails, none.
   * @param windows each `window` lines of so many values, one a channel
   */
  append(
    label: string,
    group: string | undefined,
    windows: readonly (readonly (readonly number[])[])[],
  ): void {
    if (windows.length === 0) return;
    const begin = [label, ...(group === undefined ? [] : [group])].map(field);
    const rows = windows.map((lines) => [...begin, ...byChannel(lines)].join(',') + this.lineEnd);
    if (!this.#isThere) {
      requireNone(this.path);
      const header = headerOf(this.form, windows[0][0].length) + this.lineEnd;
      writeWhole(dirname(this.path), basename(this.path), [header, ...rows]);
      this.#isThere = true;
    } else writing(this.path, () => appendWhole(this.path, rows.join('')));
    for (const _ of windows) countIn(this.rows, label);
  }
}

/** @throws `UserError` where a word cannot be a label or a group */
export function requireWord(word: string, what: string): void {
  if (word !== '' && word === word.trim() && word === printable(word)) return;
  throw new UserError(
    `the ${what} '${printable(word)}' is empty, has spaces around it or characters that cannot be seen`,
    'choose a plain word',
  );
}

function countIn(rows: Map<string, number>, label: string): void {
  rows.set(label, (rows.get(label) ?? 0) + 1);
}

/** Another capture may have begun the file meanwhile: its rows stay. */
function requireNone(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw new UserError(
    `${path} was not there when this capture began, and another program has written it since`,
    'capture again: rows are then added to it',
  );
}

/** Appends a text, or leaves the file as it was: a disk that fills up takes its beginning. */
function appendWhole(path: string, text: string): void {
  const { size } = statSync(path);
  try {
    writeFlushed(path, 'a', [text]);
  } catch (error) {
    truncateSync(path, size);
    throw error;
  }
}

function byChannel(lines: readonly (readonly number[])[]): readonly number[] {
  return lines[0].flatMap((_, channel) => lines.map((values) => values[channel]));
}

function headerOf({ window, hasGroup }: RowForm, channels: number): string {
  const names = Array.from(
    { length: channels * window },
    (_, i) => `c${Math.floor(i / window)}t${i % window}`,
  );
  return ['label', ...(hasGroup ? ['group'] : []), ...names].join(',');
}

/** Throws `UserError` where rows of this form do not go under that header. */
function channelsIn(path: string, header: string, { window, hasGroup }: RowForm): number {
  const columns = header.replace(/^\ufeff/, '').split(',');
  const itsGroup = columns[1] === 'group';
  const itsWindow = columns.filter((name) => name.startsWith('c0t')).length;
  if (itsWindow === 0) throw isNotOurs(path, header);
  const channels = Math.floor((columns.length - (itsGroup ? 2 : 1)) / itsWindow);
  if (headerOf({ window: itsWindow, hasGroup: itsGroup }, channels) !== columns.join(','))
    throw isNotOurs(path, header);
  if (itsWindow !== window)
    throw new UserError(
      `the windows in ${path} have ${several(itsWindow, 'line')}, --window is ${window}`,
      `give --window ${itsWindow}, or ${ANOTHER_FILE}`,
    );
  if (itsGroup !== hasGroup)
    throw new UserError(
      itsGroup ? `the rows of ${path} name their group` : `the rows of ${path} name no group`,
      `${itsGroup ? 'give --group' : 'leave --group out'}, or ${ANOTHER_FILE}`,
    );
  return channels;
}

function isNotOurs(path: string, header: string): UserError {
  return new UserError(
    `${path} begins with '${excerpt(header)}', which is no header of a capture`,
    `it is left as it is: ${ANOTHER_FILE}`,
  );
}

/** As CSV has it. */
function field(word: string): string {
  return /[",]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word;
}

/** The first field of a row. */
function labelOf(row: string): string {
  const quoted = /^"((?:[^"]|"")*)"/.exec(row)?.[1];
  return quoted === undefined ? row.slice(0, row.indexOf(',')) : quoted.replaceAll('""', '"');
}
