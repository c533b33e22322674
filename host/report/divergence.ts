import { type Html, html } from '../drawing/index.js';
import { type Charts, figureGrid, type Series } from './charts.js';
import type { DivergenceRecord } from './data.js';
import { DivergenceCurve } from './divergence-curve.js';

/** The line the eye holds the differences against. */
const MARKED = 2 ** -12;

/** Joins neighbouring records until at most `most` are left; the worst stays the worst. */
export function thin(records: readonly DivergenceRecord[], most?: number): readonly DivergenceRecord[] {
  const curve = new DivergenceCurve(most);
  for (const record of records) curve.add(record);
  return curve.points;
}

/** How far the device is from the float64 reference, over the steps that were compared. */
export function divergenceSection(records: readonly DivergenceRecord[], charts: Charts): Html | undefined {
  if (records.length < 2) return undefined;
  const points = thin(records);
  const x = points.map(({ step }) => step);
  const shared = { kind: 'lines', xLabel: 'step', x } as const;
  const states: Series[] = [
    { label: 'worst state', colour: 'orange', values: points.map(({ stateWorst }) => stateWorst) },
    { label: 'root mean square', colour: 'blue', values: points.map(({ stateRms }) => stateRms) },
  ];
  const hasShadow = points.some(({ shadowStateRms }) => shadowStateRms !== undefined);
  if (hasShadow)
    states.push({
      label: 'from the reference on weights of its own',
      colour: 'grey',
      dashed: true,
      values: points.map(({ shadowStateRms }) => shadowStateRms ?? null),
    });
  const colours = ['blue', 'orange', 'green', 'purple', 'grey'] as const;
  const connections = points[0].contrastCosines.length;
  const hasDirections = points.some(({ contrastCosines }) =>
    contrastCosines.some((cosine) => cosine !== null),
  );
  const distance = charts.figure(
    {
      ...shared,
      scale: 'log',
      unit: 'number',
      series: states,
      marks: [{ axis: 'y', at: MARKED, label: '2⁻¹²' }],
    },
    {
      title: 'Distance between device and reference states',
      caption: html`Free states, 1.0 being a full rate, from the same weights: what is left is rounding. The dotted line marks 2⁻¹², 0.024 % of a full rate; a worst state far above the rest is one that settled in another fixed point.${
        hasShadow
          ? ' The dashed curve also holds how far training on weights of its own has taken the reference.'
          : ''
      }`,
      wide: true,
    },
  );
  const figures = [
    hasDirections
      ? charts.figure(
          {
            ...shared,
            scale: 'data',
            unit: 'number',
            series: Array.from({ length: connections }, (_, k) => ({
              label: `connection ${k}`,
              colour: colours[k % colours.length],
              values: points.map(({ contrastCosines }) => contrastCosines[k] ?? null),
            })),
          },
          {
            title: 'Direction of the update',
            caption:
              'Cosine between the contrasts of device and reference: 1 is the same direction, 0 a right angle. There is none, and a gap, where one of them changes nothing.',
          },
        )
      : undefined,
    charts.figure(
      {
        ...shared,
        scale: 'data',
        unit: 'percent',
        series: [
          {
            label: 'equal predictions',
            colour: 'blue',
            values: points.map(({ predictionsAgree }) => predictionsAgree),
          },
        ],
      },
      {
        title: 'Same answers',
        caption: 'Share of a minibatch in which device and reference predict the same class.',
      },
    ),
  ];
  return html`<section id="divergence">
<h2>What the integers cost</h2>
<p class="lead">The same minibatches in 16-bit integers on the device and in float64 on the host.</p>
${figureGrid(figures, distance)}
</section>
`;
}
