/** A page of sections with tables and figures, that needs nothing beside it. */

import {
  type Content,
  chartFigure,
  drawingStyle,
  Html,
  html,
  type Panel,
  type Pictures,
} from '../drawing/index.js';
import { renderDocument } from '../report/index.js';
import type { Claim } from './claim.js';
import { htmlTable, type Table } from './tables.js';

export interface Section {
  readonly title: string;
  readonly text: Content;
  readonly panels: readonly (Panel | Pictures)[];
  readonly tables: readonly Table[];
}

const pageStyle = `
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem 2rem; margin-top: 1.25rem; }
main h3 { margin-top: 1.75rem; }
`;

export function renderPage(title: string, lead: string, sections: readonly Section[]): string {
  const body = html`<header>
<h1>${title}</h1>
<p class="subtitle">${lead}</p>
</header>
<main>
${sections.map(renderSection)}</main>
`;
  return renderDocument(title, body, new Html(`${drawingStyle}${pageStyle}`));
}

export function claimSection({ title, statement, verdict, holds, panels, tables }: Claim): Section {
  const text = html`${statement} <strong>${holds ? 'Holds here' : 'Does not hold here'}.</strong> ${verdict}`;
  return { title, text, panels, tables };
}

function renderSection({ title, text, panels, tables }: Section): Html {
  return html`<section>
<h2>${title}</h2>
<p class="lead">${text}</p>
<div class="panels">
${panels.map((panel) => chartFigure(panel.title, [panel]))}</div>
${tables.map(htmlTable)}</section>
`;
}
