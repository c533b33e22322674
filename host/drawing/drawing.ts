/** Charts as SVG that looks the same in a page and in a file of its own. Colours are classes, so that both have dark ones. */
import { type Content, Html, html } from './html.js';
import type { Scale } from './scale.js';

export interface Figure {
  /** The name of its file, without an ending. */
  readonly name: string;
  readonly title: string;
  readonly caption: Content;
  readonly svg: Html;
}

/** Colours of series, told apart also by those who see few colours, and by their marks. */
const SERIES = [
  ['blue', '#1f66b0'],
  ['orange', '#bd5a00'],
  ['green', '#1d7d5c'],
  ['purple', '#7a4a9e'],
  ['grey', '#7d8794'],
  ['bad', '#b3261e'],
] as const;

export type SeriesColour = (typeof SERIES)[number][0];

export const SERIES_CLASSES = SERIES.map((_, n) => `c${n}`);

export function seriesOf(colour: SeriesColour): number {
  return SERIES.findIndex(([name]) => name === colour);
}

/** The n-th series' colour. */
export function seriesColour(n: number): SeriesColour {
  return SERIES[n % SERIES.length][0];
}

/** Width of every drawing: a phone shows it at three quarters of its size, where 13 is still read. */
export const WIDTH = 440;

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function drawing(title: string, height: number, body: Content, width = WIDTH): Html {
  return html`<svg class="drawing" xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="13">
<title>${title}</title>
${body}
</svg>
`;
}

export function text(
  x: number,
  y: number,
  content: Content,
  anchor: 'start' | 'middle' | 'end' = 'middle',
  style = '',
): Html {
  return html`<text class="${style}" x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${content}</text>`;
}

/** The width of a digit, roughly. */
const CHARACTER = 7.5;

/** A number below an axis, under its place as far as the drawing's sides allow. */
export function tickText(x: number, y: number, content: string): Html {
  const half = (content.length * CHARACTER) / 2;
  return text(Math.min(Math.max(x, half), WIDTH - half), y, content, 'middle', 'muted');
}

export function line(x1: number, y1: number, x2: number, y2: number, style: string): Html {
  return html`<line class="${style}" x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}"/>`;
}

/** A coordinate. */
export function fixed(value: number): string {
  return value.toFixed(1);
}

export interface Axis {
  readonly scale: Scale;
  /** With its unit. */
  readonly label: string;
  readonly tick: (value: number) => string;
}

/** Grid, numbers and labels of two axes; the label of y stands above it, where it is read. */
export function axes({ left, right, top, bottom }: Frame, x: Axis, y: Axis): Html {
  return html`${y.scale.ticks.map((value) => [
    line(left, y.scale.place(value), right, y.scale.place(value), 'grid'),
    text(left - 7, y.scale.place(value) + 4, y.tick(value), 'end', 'muted'),
  ])}${x.scale.ticks.map((value) => [
    line(x.scale.place(value), bottom, x.scale.place(value), bottom + 4, 'axis'),
    tickText(x.scale.place(value), bottom + 19, x.tick(value)),
  ])}${line(left, bottom, right, bottom, 'axis')}${text((left + right) / 2, bottom + 38, x.label, 'middle', 'muted')}${text(4, top - 12, y.label, 'start', 'muted')}`;
}

/** A mark of the n-th series: shapes differ too. */
export function mark(n: number, x: number, y: number, title: string, hollow = false): Html {
  const style = `${SERIES_CLASSES[n % SERIES_CLASSES.length]} ${hollow ? 'hollow' : 'solid'}`;
  const [cx, cy] = [fixed(x), fixed(y)];
  const inside = html`<title>${title}</title>`;
  switch (n % 3) {
    case 1:
      return html`<rect class="${style}" x="${fixed(x - 4)}" y="${fixed(y - 4)}" width="8" height="8">${inside}</rect>`;
    case 2:
      return html`<path class="${style}" d="M${cx} ${fixed(y - 5.5)}l5.5 5.5-5.5 5.5-5.5-5.5z">${inside}</path>`;
    default:
      return html`<circle class="${style}" cx="${cx}" cy="${cy}" r="4.5">${inside}</circle>`;
  }
}

const RULES = `
.drawing text { fill: var(--ink, #1b1f26); }
.drawing text.muted { fill: var(--muted, #5d6673); }
.drawing text.small { font-size: 11.5px; }
.drawing text.heading { font-size: 15px; font-weight: 600; }
.drawing text.halo { paint-order: stroke; stroke: var(--paper, #fff); stroke-width: 4px; stroke-linejoin: round; }
.drawing text.on-dark { fill: #fff; } .drawing text.on-light { fill: #14171c; }
.drawing .grid { stroke: var(--grid, #eceff2); }
.drawing .axis { stroke: var(--muted, #5d6673); }
.drawing .ground { fill: var(--grid, #eceff2); }
.drawing .ink { fill: var(--ink, #1b1f26); }
.drawing .paper { fill: var(--paper, #fff); }
.drawing .whisker { stroke-width: 1.25; opacity: .55; fill: none; }
.drawing .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
.drawing .front { fill: none; stroke: var(--muted, #5d6673); stroke-width: 1.5; stroke-dasharray: 5 4; }
.drawing .dashed { stroke-dasharray: 6 4; } .drawing .dotted { stroke-dasharray: 2 3; }
.drawing .chosen { fill: none; stroke: var(--ink, #1b1f26); stroke-width: 2; }
${SERIES.map(
  ([name, colour], n) =>
    `.drawing .c${n} { stroke: var(--${name}, ${colour}); } .drawing .c${n}.solid { fill: var(--${name}, ${colour}); } .drawing .c${n}.hollow { fill: var(--paper, #fff); stroke-width: 1.75; }`,
).join('\n')}
`;

/** Rules for drawings in a page, where they are as wide as their place; its own properties decide the colours. */
export const drawingStyle = `
.drawing { display: block; width: 100%; height: auto; }${RULES}`;

/** Colours of the dark page, for files that have no page around them. */
const DARK = `@media (prefers-color-scheme: dark) { .drawing { --paper: #14171c; --ink: #e6e9ee; --muted: #98a2b0; --grid: #242a32; --blue: #6aaef2; --orange: #f0a050; --green: #5cc49d; --purple: #bd92df; --grey: #8f99a6; --bad: #ff8a80; } }`;

/** A drawing as a file of its own: as large as it was drawn, wherever it is shown. */
export function standalone(svg: Html): string {
  const style = new Html(`<style>${RULES.replaceAll('\n', ' ')}${DARK}</style>`);
  const ground = new Html('<rect class="paper" width="100%" height="100%"/>');
  const [head, ...rest] = svg.text.split('</title>');
  return `${head}</title>\n${style.text}\n${ground.text}${rest.join('</title>')}`;
}
