/** A comparison as one HTML page that needs nothing beside it: looked at first, read second. */

import { type Content, drawingStyle, type Figure, Html, html, standalone } from '../../drawing/index.js';
import { count, time } from '../../ground/index.js';
import { renderDocument } from '../document.js';
import { curvesFigure } from './curves-figure.js';
import type { ComparisonData } from './data.js';
import { formatFigure } from './format-figure.js';
import { memoryFigure } from './memory-figure.js';
import { sourcesFigure } from './sources-figure.js';
import { groupTable, missingTable } from './table.js';

const style = `${drawingStyle}
.advice { margin-top: 1.75rem; padding: 1.1rem 1.3rem; background: var(--panel); border-left: 4px solid var(--green); border-radius: 0 8px 8px 0; }
.advice.none { border-left-color: var(--line); }
.advice strong { display: block; font-size: clamp(1.1rem, 2.6vw, 1.4rem); line-height: 1.35; font-weight: 600; }
.advice p { margin-top: 0.5rem; }
.figures.comparison { grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
.comparison .chart { max-width: 34rem; }
.comparison figcaption { min-height: 4.4em; margin-bottom: 0.6rem; }
.groups td:first-child, .reasons td, .reasons th { text-align: left; }
.reasons td:last-child { white-space: normal; min-width: 18rem; }
.advised td { background: color-mix(in srgb, var(--green) 14%, transparent); font-weight: 600; }
h3 { margin-top: 1.75rem; } figure h3 { margin-top: 0; }
@media (max-width: 46rem) { .comparison figcaption { min-height: 0; } }
`;

function figures(data: ComparisonData): Readonly<Record<'results' | 'sources', readonly Figure[]>> {
  const present = (all: readonly (Figure | undefined)[]) => all.filter((figure) => figure !== undefined);
  return {
    results: present([
      memoryFigure(data),
      formatFigure(data),
      curvesFigure(data, 'trainingError'),
      curvesFigure(data, 'validationError'),
    ]),
    sources: present([sourcesFigure(data, 'final'), sourcesFigure(data, 'initial')]),
  };
}

/** The page's drawings as files. */
export function comparisonFigures(
  data: ComparisonData,
): readonly { readonly name: string; readonly file: string }[] {
  const { results, sources } = figures(data);
  return [...results, ...sources].map((figure) => ({ name: figure.name, file: standalone(figure.svg) }));
}

export function renderComparison(data: ComparisonData): string {
  const { results, sources } = figures(data);
  const body = html`${header(data)}<main>
${advice(data)}
${section('results', 'Results', undefined, results)}${section(
  'sources',
  'Where the error comes from',
  'One update of the float64 reference, its parts rounded one at a time.',
  sources,
)}<section id="cells">
<h2>All cells</h2>
<p class="lead">± is the 95 % interval of the mean over the seeds, of distances from float64 that of the paired differences. Points above the best are from and to, all of them together with 95 % confidence: by Student’s t on differences of validation errors in pairs of a seed, shared by the comparisons with the best (Bonferroni). The same numbers, and those of each cell, are in cells.csv and cells.json.</p>
${groupTable(data)}
${missingTable(data)}
</section>
</main>
`;
  return renderDocument(`Comparison of ${data.title}`, body, new Html(style));
}

function header({
  title,
  preset,
  dataset,
  device,
  epochs,
  heldOut,
  written,
  groups,
  hostVersion,
}: ComparisonData): Html {
  const cells = groups.reduce((sum, group) => sum + group.cells.length, 0);
  const facts = [
    preset,
    dataset,
    `${device === 'simulated' ? 'simulated device' : device}`,
    epochs,
    `${count(cells)} cells`,
    ...(heldOut === undefined ? [] : [`validated on images ${heldOut}`]),
  ];
  return html`<header>
<p class="kicker">Equilibrium propagation in integer arithmetic · a comparison</p>
<h1>${title} <span>which format?</span></h1>
<p class="subtitle">${facts.join(' · ')} · <time datetime="${written}">${time(written)}</time> · eqprop ${hostVersion}</p>
</header>
`;
}

function advice({ advice: given, complete }: ComparisonData): Html {
  const unfinished = complete
    ? ''
    : html`<p class="note">Not all cells have come to an end: this may change.</p>`;
  if (!given) return html`<div class="advice none"><strong>No cell has finished.</strong>${unfinished}</div>`;
  return html`<div class="${given.group === undefined ? 'advice none' : 'advice'}"><strong>${given.sentence}</strong><p class="note">${given.rule}</p>${unfinished}</div>`;
}

function section(id: string, title: string, lead: Content, shown: readonly Figure[]): Html | undefined {
  if (shown.length === 0) return undefined;
  return html`<section id="${id}">
<h2>${title}</h2>
${lead ? html`<p class="lead">${lead}</p>` : ''}
<div class="figures comparison">${shown.map(
    (figure) => html`<figure class="chart">
<h3>${figure.title}</h3>
<figcaption>${figure.caption}</figcaption>
${figure.svg}</figure>
`,
  )}</div>
</section>
`;
}
