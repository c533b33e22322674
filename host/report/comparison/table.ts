import { type Content, type Html, html } from '../../drawing/index.js';
import {
  count,
  decimals,
  difference,
  NOTHING,
  percent,
  range,
  type Spread,
  withInterval,
} from '../../ground/index.js';
import type { CellOutcome, ComparisonData, Group } from './data.js';

type Column = readonly [head: string, of: (group: Group) => Content];

const percents = (spread: Spread | undefined) => (spread ? `${withInterval(spread)} %` : NOTHING);

/** Every group, with what was measured; with its 95 % interval. */
export function groupTable({ keys, groups, advice, references }: ComparisonData): Html {
  const any = (of: (group: Group) => unknown) => groups.some((group) => of(group) !== undefined);
  const columns: Column[] = [
    ...keys.map((key): Column => [key, ({ settings }) => settings[key]]),
    ...(any(({ validationError }) => validationError)
      ? [['validation error', ({ validationError: of }: Group) => percents(of)] as Column]
      : []),
    ...(any(({ aboveBest }) => aboveBest)
      ? ([
          ['points above the best', ({ aboveBest: of }) => (of ? range(of) : NOTHING)],
          ['verdict', ({ aboveBest: of }) => of?.verdict ?? NOTHING],
        ] satisfies Column[])
      : []),
    ['test error', ({ testError }) => percents(testError)],
    ...(references.length > 0
      ? [['points from float64', ({ gap: of }: Group) => withInterval(of, difference)] as Column]
      : []),
    ['training error', ({ trainingError }) => percents(trainingError)],
    ['arena bytes', ({ bytes }) => count(bytes)],
    ['smallest board', ({ board }) => board ?? NOTHING],
    ...(any(({ contrastCosine }) => contrastCosine)
      ? ([
          ['cosine of contrasts', ({ contrastCosine: of }) => decimals(of?.mean, 6)],
          [
            'states, signal to noise',
            ({ signalToNoise: of }) => (of ? `${decimals(of.mean, 1)} dB` : NOTHING),
          ],
          ['updates lost', ({ lostUpdates: of }) => percent(of?.mean)],
        ] satisfies Column[])
      : []),
    ['clipped', ({ saturations: of }) => count(of?.mean)],
    ['products an example', ({ products: of }) => count(of?.mean)],
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
