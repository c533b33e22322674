import { drawingStyle, Html, html, jsonScript } from '../drawing/index.js';
import { Charts } from './charts.js';
import type { ReportData } from './data.js';
import { renderDocument } from './document.js';
import { header } from './headline.js';
import { chartScript, chartStyle, pageScript } from './scripts.js';
import { SECTIONS } from './sections.js';

/**
 * A training run as one HTML file that needs nothing beside it: styles, scripts, data and pictures are inside.
 * Sections without data are left out.
 */
export function renderReport(data: ReportData): string {
  const charts = new Charts();
  const sections = Object.values(SECTIONS).map((section) => section(data, charts));
  const scripts =
    charts.data.length === 0
      ? ''
      : html`${jsonScript('charts', charts.data)}
<script>${new Html(chartScript())}</script>
<script type="module">${new Html(pageScript('page'))}</script>
`;
  const body = html`${header(data)}<main>
<noscript><p class="note">The charts need JavaScript; tables and pictures do not.</p></noscript>
${sections}</main>
`;
  const title = `${data.facts.network} on ${data.facts.device}`;
  return renderDocument(title, body, [new Html(chartStyle()), new Html(drawingStyle)], scripts);
}
