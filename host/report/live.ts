/**
 * The report of a run that goes on: the same sections, a part of the page each, so that those that have changed can be
 * sent alone.
 */
import { drawingStyle, Html, html } from '../drawing/index.js';
import { Charts, type DrawnChart } from './charts.js';
import type { ReportData } from './data.js';
import { renderDocument } from './document.js';
import { header } from './headline.js';
import { chartScript, chartStyle, pageScript } from './scripts.js';
import { SECTIONS } from './sections.js';

/** A part of a page that changes by itself. */
export interface LivePart {
  readonly html: string;
  /** Numbered in the part. */
  readonly charts: readonly DrawnChart[];
}

export interface LivePage {
  readonly title: string;
  /** How it stands, for those who do not look; it is said whenever it is another. */
  readonly told: string;
  /** In their order; the first is above the page's main part. */
  readonly parts: ReadonlyMap<string, LivePart>;
}

/** Changes of a page, as its script gets them. */
export interface LiveChange {
  readonly title: string;
  readonly told: string;
  /** All parts that there are, in their order. */
  readonly keys: readonly string[];
  /** Those that have changed. */
  readonly parts: Readonly<Record<string, LivePart>>;
  /** Where the page goes on, relative to it, once nothing more will change. */
  readonly next?: string;
}

const HEADER = 'header';

export function livePage(data: ReportData): LivePage {
  const { facts, underWay } = data;
  const parts = new Map<string, LivePart>([[HEADER, { html: header(data).text, charts: [] }]]);
  for (const [key, section] of Object.entries(SECTIONS)) {
    const charts = new Charts();
    const part = section(data, charts);
    if (part) parts.set(key, { html: part.text, charts: charts.data });
  }
  return { title: `${facts.network} on ${facts.device}`, told: told(data, underWay), parts };
}

/** Changes with the epoch, not with every example. */
function told({ facts, epochs }: ReportData, underWay: ReportData['underWay']): string {
  const last = epochs.at(-1);
  const trained = `${last?.epoch ?? 0} of ${facts.epochs} epochs trained`;
  if (!underWay) return trained;
  return underWay.isRunning ? `${trained}, ${underWay.phase} under way` : `${trained}, nobody trains it now`;
}

/** A page of which nothing is there yet but that a run is to begin. */
export function waitingPage(name: string, why: string): LivePage {
  const page = html`<header>
<p class="kicker">Equilibrium propagation in integer arithmetic</p>
<h1>${name}</h1>
<p class="subtitle">${why}</p>
</header>
`;
  return { title: name, told: why, parts: new Map([[HEADER, { html: page.text, charts: [] }]]) };
}

/** The page around the parts; they, the script and their changes come from the server that it came from, nothing from elsewhere. */
export function renderLiveDocument(): string {
  const body = html`<p id="connection" class="note" role="status">Connecting …</p>
<p id="told" class="unseen" role="status"></p>
<div id="head"></div>
<main id="parts">
<noscript><p class="note">A page that changes by itself needs JavaScript; the report at the end does not.</p></noscript>
</main>
`;
  return renderDocument(
    'A run under way',
    body,
    [new Html(chartStyle()), new Html(drawingStyle)],
    html`<script type="module" src="page.js"></script>`,
    LIVE_POLICY,
  );
}

export const LIVE_POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

export function liveScript(): string {
  return `${chartScript()}\n${pageScript('live-page')}`;
}
