import { type Html, html } from '../drawing/index.js';
import { type Charts, figureGrid, type Series } from './charts.js';
import type { DivergenceRecord } from './data.js';

/** More points than a chart has pixels would only make the file large. */
const MOST_POINTS = 1000;

/** The line the eye holds the differences against. */
const MARKED = 2 ** -12;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanSquareRoot = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => value ** 2)));

/** Joins neighbouring records until at most `most` are left; the worst stays the worst. */
export function thin(records: readonly DivergenceRecord[], most: number): readonly DivergenceRecord[] {
  const size = Math.ceil(records.length / most);
  if (size <= 1) return records;
  return Array.from({ length: Math.ceil(records.length / size) }, (_, i) => {
    const group = records.slice(i * size, (i + 1) * size);
    const shadow = group.flatMap(({ shadowStateRms }) => shadowStateRms ?? []);
    return {
      step: group[group.length - 1].step,
      stateRms: meanSquareRoot(group.map(({ stateRms }) => stateRms)),
      stateWorst: group.reduce((worst, { stateWorst }) => Math.max(worst, stateWorst), 0),
      contrastCosines: group[0].contrastCosines.map((_, k) =>
        mean(group.map(({ contrastCosines }) => contrastCosines[k])),
      ),
      predictionsAgree: mean(group.map(({ predictionsAgree }) => predictionsAgree)),
      ...(shadow.length > 0 ? { shadowStateRms: meanSquareRoot(shadow) } : {}),
    };
  });
}

/** How far the device is from the float64 reference, over the steps that were compared. */
export function divergenceSection(records: readonly DivergenceRecord[], charts: Charts): Html | undefined {
  if (records.length < 2) return undefined;
  const points = thin(records, MOST_POINTS);
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
    connections > 0
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
            caption: 'Cosine between the contrasts of device and reference: 1 is the same direction, 0 none.',
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
