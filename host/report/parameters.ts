/** Weights, biases and drives: histograms, and the table of headroom. */

import { type Html, html } from '../drawing/index.js';
import { count, percent, significant } from '../ground/index.js';
import { type Charts, figureGrid, type Mark } from './charts.js';
import type { DriveHeadroom, Occupancy, ReportData, Tensor } from './data.js';
import { type Histogram, histogram } from './histogram.js';

const BINS = [9, 101] as const;
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
  const known = drives.some(({ occupancy }) => occupancy);
  const rows = drives.map(({ layer, bound, range, occupancy }) => {
    const share = bound / range;
    return html`<tr><th scope="row">${layer}</th><td>${significant(bound)}</td><td>±${significant(range)}</td>
<td class="meter ${tightness(share)}"><span style="--share:${Math.min(100, Math.round(100 * share))}%"></span>${significant(100 * share, 2)} %</td>${known ? occupancyCells(occupancy) : ''}</tr>\n`;
  });
  const units = known
    ? ' Units: shares of a few examples’ free states; one at 0 or 1 does not move with its drive.'
    : '';
  const heads = ['layer', 'largest possible', 'range', 'used'];
  if (known) heads.push('units at 0 · between · at 1', 'at 0', 'between', 'at 1');
  return html`<h3>Headroom of the drives${known ? ', saturation of the units' : ''}</h3>
<p class="note">The largest drive that a unit’s weights and bias allow. Below 100 % no sum can have wrapped.${units}</p>
<div class="scroll" tabindex="0"><table class="narrow">
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
}

function occupancyCells(occupancy: Occupancy | undefined): Html {
  if (!occupancy) return html`<td></td><td>–</td><td>–</td><td>–</td>`;
  const { zero, one } = occupancy;
  const place = (share: number) => `${Math.round(1000 * share) / 10}%`;
  return html`<td class="shares"><span style="--zero:${place(zero)};--below:${place(1 - one)}"></span></td><td>${percent(zero)}</td><td>${percent(1 - zero - one)}</td><td>${percent(one)}</td>`;
}
