import { type Html, html } from '../drawing/index.js';
import { capital, count, decimals, percent, significant } from '../ground/index.js';
import { type Charts, type Colour, figureGrid, type Series } from './charts.js';
import type { EpochRecord, ReportData } from './data.js';

interface Curve {
  readonly label: string;
  readonly colour: Colour;
  readonly dashed?: boolean;
  readonly of: (record: EpochRecord) => number | undefined;
}

const ERRORS: readonly Curve[] = [
  { label: 'training', colour: 'grey', of: (r) => r.trainingError },
  { label: 'validation, persistent start', colour: 'green', of: (r) => r.validationErrorPersistent },
  { label: 'validation, zero start', colour: 'blue', of: (r) => r.validationErrorZeroStart },
  { label: 'test, zero start', colour: 'orange', of: (r) => r.testErrorZeroStart },
  { label: 'reference, training', colour: 'grey', dashed: true, of: (r) => r.referenceTrainingError },
  {
    label: 'reference, validation, persistent start',
    colour: 'green',
    dashed: true,
    of: (r) => r.referenceValidationErrorPersistent,
  },
  {
    label: 'reference, validation, zero start',
    colour: 'blue',
    dashed: true,
    of: (r) => r.referenceValidationErrorZeroStart,
  },
];

/** The curves that have any point. */
function series(epochs: readonly EpochRecord[], curves: readonly Curve[]): Series[] {
  return curves
    .map(({ of, ...curve }) => ({ ...curve, values: epochs.map((record) => of(record) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null));
}

/** Errors and cost over the epochs, and every number in a table. */
export function learningSection({ epochs }: ReportData, charts: Charts): Html | undefined {
  if (epochs.length === 0) return undefined;
  const enough = epochs.length > 1;
  return html`<section id="learning">
<h2>Learning</h2>
${enough ? html`<div class="figures lead-first">${errorFigures(epochs, charts)}</div>` : ''}
${epochTable(epochs, enough)}
</section>
`;
}

function errorFigures(epochs: readonly EpochRecord[], charts: Charts): readonly Html[] {
  const shared = {
    kind: 'lines',
    xLabel: 'epoch',
    x: epochs.map(({ epoch }) => epoch),
    scale: 'zero',
  } as const;
  const errors = series(epochs, ERRORS);
  const dashed = errors.some((curve) => curve.dashed);
  return [
    charts.figure(
      { ...shared, unit: 'percent', series: errors },
      {
        title: 'Error',
        caption: html`Share of wrong answers after each epoch; the training error is counted during it.${
          dashed ? ' Dashed: the float64 reference with the same recipe and the same order of examples.' : ''
        }`,
      },
    ),
    charts.figure(
      {
        ...shared,
        unit: 'number',
        series: series(epochs, [{ label: 'cost', colour: 'blue', of: (r) => r.cost }]),
      },
      { title: 'Cost', caption: 'How far the free output is from its target, mean of an example.' },
    ),
  ];
}

type Column = [string, (record: EpochRecord) => string];

function epochTable(epochs: readonly EpochRecord[], folded: boolean): Html {
  const hasMargin = epochs.some(({ nudgedShare }) => nudgedShare !== undefined);
  const columns: Column[] = [
    ...series(epochs, ERRORS).map(
      ({ label, values }): Column => [
        label,
        (record) => {
          const value = values[epochs.indexOf(record)];
          return percent(value ?? undefined);
        },
      ],
    ),
    ['cost', (r) => significant(r.cost, 4)],
    ['free iterations', (r) => decimals(r.freeIterations, 1)],
    ['nudged iterations', (r) => decimals(r.nudgedIterations, 1)],
    ['unsettled', (r) => percent(r.unsettledShare)],
    ...(hasMargin ? ([['nudged', (r) => percent(r.nudgedShare)]] satisfies Column[]) : []),
    ['clipped', (r) => count(r.saturations)],
  ];
  const table = html`<div class="scroll" tabindex="0"><table>
<thead><tr><th scope="col">epoch</th>${columns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${epochs.map(
  (record) =>
    html`<tr><th scope="row">${record.epoch}</th>${columns.map(([, of]) => html`<td>${of(record)}</td>`)}</tr>\n`,
)}</tbody></table></div>`;
  return folded ? html`<details><summary>Every epoch in numbers</summary>${table}</details>` : table;
}

/** How much work a phase was, and how often a number format was too narrow. */
export function relaxationSection({ epochs, facts }: ReportData, charts: Charts): Html | undefined {
  if (epochs.length < 2) return undefined;
  const shared = {
    kind: 'lines',
    xLabel: 'epoch',
    x: epochs.map(({ epoch }) => epoch),
    scale: 'zero',
  } as const;
  const last = epochs[epochs.length - 1];
  const unsettled = epochs.some(({ unsettledShare }) => unsettledShare > 0);
  const figures = [
    charts.figure(
      {
        ...shared,
        unit: 'number',
        series: series(epochs, [
          { label: 'free', colour: 'blue', of: (r) => r.freeIterations },
          { label: 'nudged', colour: 'orange', of: (r) => r.nudgedIterations },
        ]),
      },
      {
        title: 'Iterations a phase',
        caption: 'Mean of an example. A phase ends by itself once a whole iteration changes nothing.',
      },
    ),
    unsettled
      ? charts.figure(
          {
            ...shared,
            unit: 'percent',
            series: series(epochs, [{ label: 'unsettled', colour: 'blue', of: (r) => r.unsettledShare }]),
          },
          {
            title: 'Unsettled examples',
            caption: 'Share of free phases that ran out of iterations before their fixed point.',
          },
        )
      : undefined,
    last.saturations > 0
      ? charts.figure(
          {
            ...shared,
            unit: 'count',
            series: series(epochs, [{ label: 'clipped', colour: 'orange', of: (r) => r.saturations }]),
          },
          {
            title: 'Clipped parameters',
            caption: 'Updates that would have left the range of their format, since the run began.',
          },
        )
      : undefined,
  ];
  const remarks = [
    unsettled ? '' : 'Every free phase reached its fixed point.',
    last.saturations > 0 ? '' : 'No update ever left the range of its format.',
  ];
  return html`<section id="relaxation">
<h2>Relaxation</h2>
<p class="lead">${capital(facts.relaxation)}. ${remarks.join(' ')}</p>
${figureGrid(figures)}
</section>
`;
}
