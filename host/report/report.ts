import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { drawingStyle, Html, html, jsonScript } from '../drawing/index.js';
import { Charts } from './charts.js';
import type { ReportData } from './data.js';
import { divergenceSection } from './divergence.js';
import { renderDocument } from './document.js';
import { factsSection, header, headlineSection } from './headline.js';
import { learningSection, relaxationSection } from './learning.js';
import { kernelsSection, receptiveFieldsSection } from './looks.js';
import { mistakesSection } from './mistakes.js';
import { parametersSection } from './parameters.js';
import { settlingSection } from './settling.js';
import { symptomsSection } from './symptoms.js';

const require = createRequire(import.meta.url);

function chartLibrary(file: 'uPlot.iife.min.js' | 'uPlot.min.css'): Html {
  return new Html(readFileSync(require.resolve(`uplot/dist/${file}`), 'utf8'));
}

/** One module of both: the page's script writes its numbers by the notation. */
function pageScript(): Html {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  return new Html(`${read('../ground/notation.js')}${read('./page.js')}`);
}

/**
 * A training run as one HTML file that needs nothing beside it: styles, scripts, data and pictures are inside.
 * Sections without data are left out.
 */
export function renderReport(data: ReportData): string {
  const charts = new Charts();
  const sections = [
    symptomsSection(data),
    headlineSection(data),
    learningSection(data, charts),
    divergenceSection(data.divergence, charts),
    relaxationSection(data, charts),
    parametersSection(data, charts),
    receptiveFieldsSection(data),
    kernelsSection(data),
    settlingSection(data),
    mistakesSection(data),
    factsSection(data),
  ];
  const scripts =
    charts.data.length === 0
      ? ''
      : html`${jsonScript('charts', charts.data)}
<script>${chartLibrary('uPlot.iife.min.js')}</script>
<script type="module">${pageScript()}</script>
`;
  const body = html`${header(data)}<main>
<noscript><p class="note">The charts need JavaScript; tables and pictures do not.</p></noscript>
${sections}</main>
`;
  const title = `${data.facts.network} on ${data.facts.device}`;
  return renderDocument(title, body, [chartLibrary('uPlot.min.css'), new Html(drawingStyle)], scripts);
}
