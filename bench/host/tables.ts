/** Results as text. */
import Table from 'cli-table3';
import type { Spread } from './statistics.js';

export interface ResultTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Facts that a reader must know beside the numbers. */
  readonly notes: readonly string[];
}

export function renderTable({ title, head, rows, notes }: ResultTable): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  return [title, table.toString(), ...notes.map((note) => `  ${note}`), ''].join('\n');
}

/** Three digits that count, and never an exponent. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  return value.toFixed(value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

export function briefSpread({ median, least, most }: Spread): string {
  return `${brief(median)} (${brief(least)}–${brief(most)})`;
}

/** A fraction as a percentage. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
