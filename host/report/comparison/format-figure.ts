import { html } from '../html.js';
import { drawing, type Figure, text, WIDTH } from '../svg/drawing.js';
import type { ComparisonData, Group } from './data.js';

const ROW = 34;
const LEFT = 92;
const TOP = 40;

/** From the lowest error to the highest: light to dark, apart also without colours. */
const LIGHT = [222, 235, 247] as const;
const DARK = [8, 48, 107] as const;

/** Test error over the fractional bits of weights and states: the best of all groups that have them. */
export function formatFigure({ groups }: ComparisonData): Figure | undefined {
  const finished = groups.filter(
    ({ testError, weightFraction, stateFraction }) => testError && weightFraction && stateFraction,
  );
  const rows = distinct(finished, 'weightFraction');
  const columns = distinct(finished, 'stateFraction');
  if (rows.length * columns.length < 2) return undefined;
  const best = (row: string, column: string) => {
    const errors = finished
      .filter((group) => group.weightFraction === row && group.stateFraction === column)
      .map(({ testError }) => testError?.mean ?? Number.NaN);
    return errors.length > 0 ? Math.min(...errors) : undefined;
  };
  const all = rows.flatMap((row) => columns.flatMap((column) => best(row, column) ?? []));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  // Errors differ by factors where a format is too coarse.
  const shade = (error: number) =>
    high > low ? Math.log((error + 0.01) / (low + 0.01)) / Math.log((high + 0.01) / (low + 0.01)) : 0;
  const width = Math.min((WIDTH - LEFT - 10) / columns.length, 110);
  const cells = rows.flatMap((row, r) =>
    columns.map((column, c) => {
      const error = best(row, column);
      const [x, y] = [LEFT + c * width, TOP + r * ROW];
      if (error === undefined) return text(x + width / 2, y + ROW / 2 + 4, '–', 'middle', 'muted');
      const share = shade(error);
      const colour = LIGHT.map((from, n) => Math.round(from + (DARK[n] - from) * share)).join(' ');
      return html`<g><title>weights with ${row} fractional bits, states with ${column}: ${error.toFixed(2)} % test error</title><rect x="${x + 1}" y="${y + 1}" width="${width - 2}" height="${ROW - 2}" rx="3" fill="rgb(${colour})"/>${text(x + width / 2, y + ROW / 2 + 5, error.toFixed(2), 'middle', share > 0.5 ? 'on-dark' : 'on-light')}</g>`;
    }),
  );
  const bottom = TOP + rows.length * ROW;
  const title = 'Fractional bits of weights and states';
  return {
    name: 'formats',
    title,
    caption:
      'Test error in percent, the lowest of all cells with these formats; darker is worse, on a logarithmic scale. Several numbers are one a connection.',
    svg: drawing(title, bottom + 46, [
      text(4, 22, 'fractional bits of weights ↓', 'start', 'muted'),
      rows.map((row, r) => text(LEFT - 10, TOP + r * ROW + ROW / 2 + 5, row, 'end')),
      cells,
      columns.map((column, c) => text(LEFT + (c + 0.5) * width, bottom + 18, column)),
      text(LEFT, bottom + 38, 'fractional bits of states →', 'start', 'muted'),
    ]),
  };
}

function distinct(groups: readonly Group[], key: 'weightFraction' | 'stateFraction'): readonly string[] {
  return [...new Set(groups.flatMap((group) => group[key] ?? []))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
}
