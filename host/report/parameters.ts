/** Weights, biases and drives: histograms, the table of headroom, receptive fields. */

import { Html, html } from '../drawing/index.js';
import { count, percent, significant } from '../ground/index.js';
import { type Charts, figureGrid, type Mark } from './charts.js';
import type { DriveHeadroom, ReportData, Tensor } from './data.js';
import { type Histogram, histogram } from './histogram.js';
import { colourStops, divergingPalette, receptiveFields } from './receptive-fields.js';
import { gallery, sprite } from './sprite.js';

const BINS = [9, 101] as const;
const MOST_FIELDS = 100;
/** Below this share of the format's range the chart shows the values' own. */
const NARROW = 0.2;

export function parametersSection({ weights, biases = [], drives = [] }: ReportData, charts: Charts) {
  const tensors = [...weights, ...biases].filter(({ values }) => values.length > 0);
  if (tensors.length === 0 && drives.length === 0) return undefined;
  return html`<section id="parameters">
<h2>Weights and biases</h2>
${figureGrid(tensors.map((tensor) => histogramFigure(tensor, charts)))}
${drives.length > 0 ? headroomTable(drives) : ''}
</section>
`;
}

/** Few values need wide bins to show a shape at all. */
function binsFor(values: number): number {
  const [fewest, most] = BINS;
  return Math.round(Math.min(most, Math.max(fewest, 2 * Math.sqrt(values))));
}

function histogramFigure(tensor: Tensor, charts: Charts): Html {
  const bins = histogram(tensor.values, tensor.fraction, binsFor(tensor.values.length));
  const [low, high] = bins.limits;
  const reach = Math.max(Math.abs(bins.least), Math.abs(bins.greatest));
  const narrow = reach < NARROW * high;
  const end = narrow ? reach + bins.width : high * 1.06;
  const marks: Mark[] = [low, high].map((at) => ({
    axis: 'x',
    at,
    label: `${significant(at)}`,
  }));
  return charts.figure(
    {
      kind: 'bars',
      xLabel: 'value',
      x: bins.centres,
      xRange: [-end, end],
      scale: 'log',
      unit: 'count',
      series: [{ label: 'count', colour: 'blue', values: bins.counts }],
      ...(narrow ? {} : { marks }),
    },
    { title: `${tensor.name}, ${tensor.format}`, caption: occupancy(tensor, bins, reach / high, narrow) },
  );
}

function occupancy(tensor: { values: ArrayLike<number> }, bins: Histogram, share: number, narrow: boolean) {
  const [low, high] = bins.limits;
  const limits = `${significant(low)} and ${significant(high)}`;
  const clipped =
    bins.clipped === 0
      ? 'none stands at a limit'
      : `${count(bins.clipped)} (${percent(bins.clipped / tensor.values.length)}) at a limit`;
  return (
    `${count(tensor.values.length)} values from ${significant(bins.least)} to ${significant(bins.greatest)}, ` +
    `${significant(100 * share, 2)} % of the range; ${clipped}. Counts are logarithmic; the format ends at ` +
    `${limits}${narrow ? ', outside the chart' : ', the dotted lines'}.`
  );
}

/** From this share on a run should be watched. */
const TIGHT = 0.9;

function tightness(share: number): string {
  if (share >= 1) return 'over';
  return share >= TIGHT ? 'tight' : '';
}

function headroomTable(drives: readonly DriveHeadroom[]): Html {
  const rows = drives.map(({ layer, bound, range }) => {
    const share = bound / range;
    return html`<tr><th scope="row">${layer}</th><td>${significant(bound)}</td><td>±${significant(range)}</td>
<td class="meter ${tightness(share)}"><span style="--share:${Math.min(100, Math.round(100 * share))}%"></span>${significant(100 * share, 2)} %</td></tr>\n`;
  });
  return html`<h3>Headroom of the drives</h3>
<p class="note">The largest drive that a unit’s weights and bias allow. Below 100 % no sum can have wrapped.</p>
<div class="scroll" tabindex="0"><table class="narrow">
<thead><tr><th scope="col">layer</th><th scope="col">largest possible</th><th scope="col">range</th><th scope="col">used</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
}

/** Nothing unless the input is a picture. */
export function receptiveFieldsSection({ picture, fields: first }: ReportData): Html | undefined {
  if (!picture || !first || first.values.length === 0) return undefined;
  const { rows, columns } = picture;
  if (first.values.length % (rows * columns) !== 0) return undefined;
  const { units, levels, limit } = receptiveFields(first.values, rows * columns, first.fraction, MOST_FIELDS);
  const hidden = first.values.length / (rows * columns);
  const pictures = gallery(
    sprite(levels, rows, columns, divergingPalette()),
    units.length,
    'fields',
    (i) => ({
      alt: `weights into hidden unit ${units[i].unit}, norm ${significant(units[i].norm)}`,
    }),
  );
  const end = significant(limit);
  return html`<section id="receptive-fields">
<h2>Receptive fields</h2>
<p class="lead">What ${units.length < hidden ? `${units.length} of the ${count(hidden)}` : `the ${hidden}`} hidden units look for: the weights from each pixel, ${units.length < hidden ? 'the units with the largest norms first' : 'largest norm first'}. A pixel under red raises the unit’s drive, one under blue lowers it.</p>
<div class="legend" role="img" aria-label="Colour scale from −${end} (blue) through 0 to +${end} (red)"><span>−${end}</span><span class="scale" style="background:linear-gradient(to right,${new Html(colourStops.join(','))})"></span><span>+${end}</span></div>
${pictures}
</section>
`;
}
