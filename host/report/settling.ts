/** One example as it settles: the example, then the states of each layer that has rows and columns. */
import { type Html, html } from '../drawing/index.js';
import { capital, count } from '../ground/index.js';
import type { Shape } from '../model/index.js';
import { nameOf } from './class-name.js';
import type { ReportData, SettlingStage } from './data.js';
import { exampleGallery, exampleOf } from './examples.js';
import { type Cell, GAP, sheet } from './sheet.js';

/** Maps of a layer that a row has room for. */
const MOST_MAPS = 64;

/** Ink on paper, as the images; the paper is a shade darker than the page, so that empty maps are seen too. */
const PAPER = 244;
const palette = Uint8Array.from({ length: 3 * GAP }, (_, n) =>
  Math.round(PAPER * (1 - Math.floor(n / 3) / (GAP - 1))),
);

/** Nothing unless a layer has maps. */
export function settlingSection(data: ReportData): Html | undefined {
  const { settling, inputs, scaling } = data;
  if (!settling) return undefined;
  const { name, label, image, layers, stages, settled } = settling;
  const whole = `${name}, of class ${nameOf(data, label)}`;
  const end = settled
    ? 'the last is the fixed point, found when an iteration changed nothing'
    : 'after the last its iterations ran out: it has not come to rest';
  return html`<section id="settling">
<h2>An example settling</h2>
<p class="lead">${capital(whole)}. Below it, the states of its free phase from a zero start, in float64 with the run’s weights and rounded to its format: a column a channel, a row after so many iterations; ${end}. The paper is a rate of 0, full ink one of 1.</p>
${exampleGallery([exampleOf(inputs, scaling, image)], () => ({ alt: whole }))}
${layers.map(({ name: layer, shape }, k) => mapsOf(layer, shape, stages, k))}</section>
`;
}

function mapsOf(name: string, shape: Shape, stages: readonly SettlingStage[], k: number): Html {
  const { rows, columns, channels } = shape;
  const shown = Math.min(channels, MOST_MAPS);
  const some = shown < channels ? `, the first ${shown} shown` : '';
  const lines = stages.map(({ iterations, states }) => {
    const maps = Array.from({ length: shown }, (_, channel) => mapOf(states[k], shape, channel));
    const alt = `${name} after ${count(iterations)} ${iterations === 1 ? 'iteration' : 'iterations'}`;
    return html`<tr><th scope="row">${count(iterations)}</th><td>${sheet([maps], palette, alt)}</td></tr>\n`;
  });
  return html`<h3>${name}</h3>
<p class="note">${count(channels)} ${channels === 1 ? 'map' : 'maps'} of ${rows} × ${columns}${some}.</p>
<div class="scroll" tabindex="0"><table class="narrow stages">
<tbody>
${lines}</tbody></table></div>
`;
}

function mapOf(states: Float64Array, { rows, columns, channels }: Shape, channel: number): Cell {
  const levels = Uint8Array.from({ length: rows * columns }, (_, at) =>
    Math.round((GAP - 1) * states[at * channels + channel]),
  );
  return { rows, columns, levels };
}
