import { drawing, type Figure, fixed, type Html, html, text, WIDTH } from '../../drawing/index.js';
import { capital, decimals, inPercent, NOTHING } from '../../ground/index.js';
import type { ComparisonData, Group } from './data.js';
import { byInterest, errorName } from './labels.js';

const ROW = 34;
const LEAST_LEFT = 92;
/** Widths of a digit, and of the space around a row's numbers. */
const CHARACTER = 7.4;
const AROUND = 16;
const TOP = 34;
const BELOW = 52;
/** Percent; an error of 0 has no logarithm. */
const SMALLEST = 0.01;

/** From the lowest error to the highest: light to dark, apart also without colours. */
const LIGHT = [222, 235, 247] as const;
const DARK = [8, 48, 107] as const;

/** Differences of less than this factor do not use the whole scale. */
const LEAST_FACTOR = 1.5;

/** As many maps as one looks at. */
const MOST = 4;

/** The error over the fractional bits of weights and states, a map a network. */
export function formatFigure(data: ComparisonData): Figure | undefined {
  const { measure } = data;
  const finished = byInterest(data).filter(
    ({ [measure]: error, weightFraction, stateFraction }) => error && weightFraction && stateFraction,
  );
  const networks = [...new Set(finished.map(({ network }) => network))].slice(0, MOST);
  let top = 0;
  const maps = networks.flatMap((network) => {
    const groups = finished.filter((group) => group.network === network);
    const [rows, columns] = [distinct(groups, 'weightFraction'), distinct(groups, 'stateFraction')];
    if (rows.length * columns.length < 2) return [];
    const drawn = map(groups, measure, rows, columns, top, networks.length > 1 ? network : '');
    top += TOP + rows.length * ROW + BELOW;
    return [drawn];
  });
  if (maps.length === 0) return undefined;
  const title = 'Fractional bits of weights and states';
  return {
    name: 'formats',
    title,
    caption: `${capital(errorName(data))} in percent, the lowest of all cells with these formats; darker is worse, on a logarithmic scale of its own for each network. Several numbers are one a connection.`,
    svg: drawing(title, top, maps),
  };
}

function map(
  groups: readonly Group[],
  measure: ComparisonData['measure'],
  rows: readonly string[],
  columns: readonly string[],
  top: number,
  network: string,
): Html {
  const best = (row: string, column: string) => {
    const errors = groups
      .filter((group) => group.weightFraction === row && group.stateFraction === column)
      .map(({ [measure]: error }) => error?.mean ?? Number.NaN);
    return errors.length > 0 ? Math.min(...errors) : undefined;
  };
  const all = rows.flatMap((row) => columns.flatMap((column) => best(row, column) ?? []));
  const low = Math.min(...all) + SMALLEST;
  const high = Math.max(Math.max(...all) + SMALLEST, low * LEAST_FACTOR);
  const left = Math.max(LEAST_LEFT, AROUND + CHARACTER * Math.max(...rows.map(({ length }) => length)));
  const width = Math.min((WIDTH - left - 10) / columns.length, 110);
  const y = (r: number) => top + TOP + r * ROW;
  const cells = rows.flatMap((row, r) =>
    columns.map((column, c) => {
      const error = best(row, column);
      const x = left + c * width;
      if (error === undefined) return text(x + width / 2, y(r) + ROW / 2 + 5, NOTHING, 'middle', 'muted');
      const share = Math.log((error + SMALLEST) / low) / Math.log(high / low);
      const colour = LIGHT.map((from, n) => Math.round(from + (DARK[n] - from) * share)).join(' ');
      return html`<g><title>weights with ${row} fractional bits, states with ${column}: ${inPercent(error)} test error</title><rect x="${fixed(x + 1)}" y="${y(r) + 1}" width="${fixed(width - 2)}" height="${ROW - 2}" rx="3" fill="rgb(${colour})"/>${text(x + width / 2, y(r) + ROW / 2 + 5, decimals(error), 'middle', share > 0.5 ? 'on-dark' : 'on-light')}</g>`;
    }),
  );
  const bottom = y(rows.length);
  return html`${text(4, top + 22, `${network && `${network}: `}fractional bits of weights ↓`, 'start', 'muted')}${rows.map((row, r) => text(left - 10, y(r) + ROW / 2 + 5, row, 'end'))}${cells}${columns.map((column, c) => text(left + (c + 0.5) * width, bottom + 18, column))}${text(left, bottom + 38, 'fractional bits of states →', 'start', 'muted')}`;
}

/** Single numbers first, those of several connections below them. */
function distinct(groups: readonly Group[], key: 'weightFraction' | 'stateFraction'): readonly string[] {
  const several = (text: string) => Number(text.includes(','));
  return [...new Set(groups.flatMap((group) => group[key] ?? []))].sort(
    (a, b) => several(a) - several(b) || a.localeCompare(b, 'en', { numeric: true }),
  );
}
