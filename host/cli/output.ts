/** Where words go: results to standard output, everything else to standard error. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { NOTHING } from '../ground/index.js';
import { widthOf } from './lines.js';
import { terminal } from './terminal.js';

export type Mode = 'normal' | 'quiet' | 'json';

export interface OutputFlags {
  readonly quiet?: true;
  readonly json?: true;
}

export function modeOf({ quiet, json }: OutputFlags): Mode {
  if (json) return 'json';
  return quiet ? 'quiet' : 'normal';
}

type Style = Parameters<typeof styleText>[0];

/** Colours only where a person looks on. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return terminal.isColoured(stream) ? styleText(style, text) : text;
}

/** @param whole what is to be copied: it stays in one piece */
export function say(text: string, whole?: string): void {
  terminal.say(text, whole);
}

/** @param whole what is to be copied: it stays in one piece */
export function print(text: string, whole?: string): void {
  terminal.print(text, whole);
}

export function printJson(value: unknown): void {
  print(
    '',
    JSON.stringify(value, (_, entry) => (typeof entry === 'bigint' ? entry.toString(16) : entry)),
  );
}

/** Nothing but spaces between columns. */
const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
    [`${side}-mid`, ''],
  ]),
);

/** Columns aligned by spaces, numbers to the right; where a terminal is too narrow, the cells of a row one below the other. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, column) =>
    rows.every((row) => /^[-+−<≤]?[\d.,]/.test(row[column] ?? '') || row[column] === NOTHING),
  );
  const out = new Table({
    head: [...head],
    chars: { ...noLines, middle: '   ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
  });
  out.push(...rows.map((row) => [...row]));
  const text = out.toString().replace(/[ \t]+$/gm, '');
  return widthOf(text) > (terminal.width ?? Number.POSITIVE_INFINITY) ? records(head, rows) : text;
}

function records(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const longest = widthOf(head.join('\n'));
  const record = (row: readonly string[]) =>
    row.map((cell, column) => `${(head[column] ?? '').padEnd(longest)}   ${cell}`.trimEnd()).join('\n');
  return rows.map(record).join('\n\n');
}
