import { type Content, type Html, html } from '../../drawing/index.js';
import { count } from '../../ground/index.js';
import type { CellOutcome, ComparisonData, Group, Spread } from './data.js';

type Column = readonly [head: string, of: (group: Group) => Content];

const DASH = '–';
const half = (width: number | undefined, digits: number) =>
  width === undefined ? '' : ` ± ${width.toFixed(digits)}`;

function percent(spread: Spread | undefined): string {
  return spread ? `${spread.mean.toFixed(2)}${half(spread.halfWidth, 2)} %` : DASH;
}

function gap(spread: Spread | undefined): string {
  if (!spread) return DASH;
  const sign = spread.mean > 0 ? '+' : '';
  return `${sign}${spread.mean.toFixed(2).replace('-', '−')}${half(spread.halfWidth, 2)}`;
}

/** Every group, with what was measured; with its 95 % interval. */
export function groupTable({ keys, groups, advice, references }: ComparisonData): Html {
  const any = (of: (group: Group) => unknown) => groups.some((group) => of(group) !== undefined);
  const columns: Column[] = [
    ...keys.map((key): Column => [key, ({ settings }) => settings[key]]),
    ['test error', ({ testError }) => percent(testError)],
    ...(references.length > 0 ? [['points from float64', ({ gap: of }: Group) => gap(of)] as Column] : []),
    ...(any(({ validationError }) => validationError)
      ? [['validation error', ({ validationError: of }: Group) => percent(of)] as Column]
      : []),
    ['training error', ({ trainingError }) => percent(trainingError)],
    ['arena bytes', ({ bytes }) => (bytes === undefined ? DASH : count(bytes))],
    ['smallest board', ({ board }) => board ?? DASH],
    ...(any(({ contrastCosine }) => contrastCosine)
      ? ([
          ['cosine of contrasts', ({ contrastCosine: of }) => (of ? of.mean.toFixed(5) : DASH)],
          ['states, signal to noise', ({ signalToNoise: of }) => (of ? `${of.mean.toFixed(1)} dB` : DASH)],
          ['updates lost', ({ lostUpdates: of }) => (of ? `${(100 * of.mean).toFixed(1)} %` : DASH)],
        ] satisfies Column[])
      : []),
    ['clipped', ({ saturations: of }) => (of ? count(of.mean) : DASH)],
    ['products a sample', ({ products: of }) => (of ? count(of.mean) : DASH)],
    ['seeds', ({ cells }) => seeds(cells)],
  ];
  return html`<div class="scroll" tabindex="0"><table class="groups">
<thead><tr>${columns.map(([head]) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${groups.map(
  (group) =>
    html`<tr class="${group.id === advice?.group ? 'advised' : ''}">${columns.map(([, of]) => html`<td>${of(group)}</td>`)}</tr>\n`,
)}</tbody></table></div>`;
}

function seeds(cells: readonly CellOutcome[]): string {
  const finished = cells.filter(({ state }) => state === 'finished').length;
  return finished === cells.length ? String(finished) : `${finished} of ${cells.length}`;
}

const STATES: Readonly<Record<CellOutcome['state'], string>> = {
  finished: 'finished',
  stopped: 'stopped',
  impossible: 'not run',
  failed: 'failed',
  open: 'not finished',
};

/** Cells without a whole result, and why; nothing where all have one. */
export function missingTable({ groups, references }: ComparisonData): Html | undefined {
  const cells = groups
    .flatMap((group) => group.cells)
    .filter(({ state, reason }) => state !== 'finished' || reason);
  const missing = references.filter(({ testError }) => testError === undefined);
  if (cells.length + missing.length === 0) return undefined;
  return html`<h3>Cells without a whole result</h3>
<div class="scroll" tabindex="0"><table class="reasons">
<thead><tr><th scope="col">cell</th><th scope="col">state</th><th scope="col">reason</th></tr></thead>
<tbody>
${cells.map(({ id, state, reason }) => row(id, STATES[state], reason))}${missing.map(({ id, reason }) => row(`float64 reference ${id}`, reason ? 'stopped' : 'not finished', reason))}</tbody></table></div>`;
}

function row(id: string, state: string, reason = ''): Html {
  return html`<tr><th scope="row">${id}</th><td>${state}</td><td>${reason}</td></tr>\n`;
}
