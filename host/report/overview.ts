/** Several runs side by side: a curve each, and how each stands. */
import { html } from '../drawing/index.js';
import { count, percent, several } from '../ground/index.js';
import { Charts, type Colour } from './charts.js';
import type { EpochRecord, ReportData, UnderWay } from './data.js';
import type { LivePage, LivePart } from './live.js';

/** As much of a run's report as stands here. */
export interface OverviewData extends Pick<ReportData, 'facts' | 'epochs' | 'headline'> {
  readonly underWay?: Pick<UnderWay, 'isRunning' | 'phase'>;
}

/** Leaves out weights and images: runs may be many. */
export function overviewOf({ facts, epochs, headline, underWay }: ReportData): OverviewData {
  const told = underWay && { isRunning: underWay.isRunning, phase: underWay.phase };
  return { facts, epochs, headline, ...(told && { underWay: told }) };
}

export interface OverviewRun {
  readonly name: string;
  /** Its page, relative to this one. */
  readonly link: string;
  /** Nothing before it has begun. */
  readonly data?: OverviewData;
}

/** A comparison trains the float64 references that its cells share first. */
const NONE = 'No run has begun yet';

/** As many curves as can be told apart. */
const MOST = 10;
const COLOURS: readonly Colour[] = ['blue', 'orange', 'green', 'purple', 'grey'];

/** @param more runs there are beside these */
export function overviewPage(title: string, runs: readonly OverviewRun[], more = 0): LivePage {
  const begun = runs.filter(({ data }) => data !== undefined).length;
  const told = runs.length === 0 ? NONE : `${count(begun)} of ${several(runs.length, 'run')} begun`;
  const parts = new Map<string, LivePart>([
    ['header', { html: head(title, runs.length, more), charts: [] }],
    ['curves', curves(runs)],
    ['runs', { html: table(runs), charts: [] }],
  ]);
  return { title, told, parts };
}

function head(folders: string, runs: number, more: number): string {
  const title = runs === 0 ? NONE : html`${several(runs, 'run')} <span>side by side</span>`;
  const others = html`<p class="note">${several(more, 'other run')} in these folders: <code>eqprop watch</code> shows those whose own folders it is given.</p>\n`;
  return html`<header>
<p class="kicker">Equilibrium propagation in integer arithmetic</p>
<h1>${title}</h1>
<p class="subtitle">${folders}</p>
${more > 0 ? others : undefined}</header>
`.text;
}

/** The error on validation images, or on training images where there are none, over the epochs of all. */
function curves(runs: readonly OverviewRun[]): LivePart {
  const charts = new Charts();
  const told = runs.flatMap(({ name, data }) => (data && data.epochs.length > 0 ? [{ name, data }] : []));
  const latest = told.slice(-MOST);
  const longest = latest.reduce((most, { data }) => Math.max(most, data.epochs.at(-1)?.epoch ?? 0), 0);
  if (longest < 2) return { html: '', charts: [] };
  const x = Array.from({ length: longest }, (_, n) => n + 1);
  const figure = charts.figure(
    {
      kind: 'lines',
      xLabel: 'epoch',
      x,
      scale: 'zero',
      unit: 'percent',
      series: latest.map(({ name, data }, n) => ({
        label: name,
        colour: COLOURS[n % COLOURS.length],
        dashed: n >= COLOURS.length,
        values: valuesAt(x, data),
      })),
    },
    {
      title: 'Error',
      caption: `On validation images; on training images, before each was learnt from, of a run without.${latest.length < told.length ? ` The latest ${latest.length} of ${count(told.length)} runs.` : ''}`,
      wide: true,
    },
  );
  return { html: html`<section id="curves"><h2>Learning</h2>${figure}</section>`.text, charts: charts.data };
}

function valuesAt(x: readonly number[], { epochs }: OverviewData): readonly (number | null)[] {
  const errors = new Map(epochs.map((record) => [record.epoch, errorOf(record)]));
  return x.map((epoch) => errors.get(epoch) ?? null);
}

function errorOf(record: EpochRecord): number {
  return record.validationErrorZeroStart ?? record.validationErrorPersistent ?? record.trainingError;
}

function table(runs: readonly OverviewRun[]): string {
  if (runs.length === 0) return '';
  const rows = runs.map(({ name, link, data }) => {
    const last = data?.epochs.at(-1);
    const validation = last?.validationErrorZeroStart ?? last?.validationErrorPersistent;
    const epochs = data ? `${count(last?.epoch ?? 0)} of ${count(data.facts.epochs)}` : '';
    const cells = [
      stateOf(data),
      epochs,
      percent(last?.trainingError),
      percent(validation),
      percent(data?.headline.testErrorZeroStart?.device),
    ];
    return html`<tr><th scope="row"><a href="${link}">${name}</a></th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
  });
  const heads = ['run', 'state', 'epochs', 'training error', 'validation error', 'test error'];
  return html`<section id="runs">
<h2>Runs</h2>
<div class="scroll" tabindex="0"><table class="narrow">
<thead><tr>${heads.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>
</section>
`.text;
}

function stateOf(data: OverviewData | undefined): string {
  if (!data) return 'not begun';
  if (!data.underWay) return 'finished';
  return data.underWay.isRunning ? data.underWay.phase : 'interrupted';
}
