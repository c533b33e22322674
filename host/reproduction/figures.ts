/** Line charts as SVG: panels that stand in a page, and whole figures as files. */
import { escapeText } from '../report/html.js';

/** The page's own colours; a file, which has no page, gets their light values. */
const LIGHT = {
  paper: '#ffffff',
  ink: '#1b1f26',
  muted: '#5d6673',
  grid: '#eceff2',
  line: '#dfe3e8',
  blue: '#1f66b0',
  orange: '#bd5a00',
  green: '#1d7d5c',
  purple: '#7a4a9e',
  grey: '#7d8794',
} as const;

export type CurveColour = 'blue' | 'orange' | 'green' | 'purple' | 'grey';

export interface Curve {
  readonly label: string;
  readonly colour: CurveColour;
  readonly stroke?: 'solid' | 'dashed' | 'dotted';
  /** A mark at every point. */
  readonly marked?: boolean;
  /** Ascending in x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** Whole numbers alone along x. */
  readonly whole?: boolean;
  readonly yScale?: 'linear' | 'log';
  /** Ends of the y axis where the data's own will not do; curves are cut off there. */
  readonly yRange?: readonly [number, number];
}

interface Axis {
  readonly ticks: readonly number[];
  place(value: number): number;
}

const WIDTH = 480;
const LEGEND_LINE = 17;
const PLOT_HEIGHT = 240;
const MARGIN = { left: 62, right: 16, top: 34, bottom: 46 } as const;
const RIGHT = WIDTH - MARGIN.right;
const BOTTOM = MARGIN.top + PLOT_HEIGHT;
/** With room for the marks at its edges. */
const PLOT = {
  x: MARGIN.left - 4,
  y: MARGIN.top,
  width: RIGHT - MARGIN.left + 8,
  height: PLOT_HEIGHT + 4,
} as const;
const DASHES = { solid: '', dashed: ' stroke-dasharray="7 4"', dotted: ' stroke-dasharray="2 3"' } as const;

/** One panel for a page, whose style gives the colours. */
export function renderPanel(panel: Panel): string {
  const height = heightOf(panel);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12" text-anchor="middle" fill="var(--muted)">
<title>${escapeText(panel.title)}</title>
${draw(panel).join('\n')}
</svg>
`;
}

/** Panels two a row, as a file. */
export function renderFigure(title: string, panels: readonly Panel[]): string {
  const perRow = Math.min(2, panels.length);
  const cell = Math.max(...panels.map(heightOf));
  const placed = panels.map((panel, n) => {
    const [x, y] = [(n % perRow) * WIDTH, Math.floor(n / perRow) * cell];
    return renderPanel(panel).replace(
      '<svg ',
      `<svg x="${x}" y="${y}" width="${WIDTH}" height="${heightOf(panel)}" `,
    );
  });
  const [width, height] = [perRow * WIDTH, Math.ceil(panels.length / perRow) * cell];
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
<title>${escapeText(title)}</title>
<rect width="${width}" height="${height}" fill="var(--paper)"/>
${placed.join('')}</svg>
`;
  return drawn.replace(/var\(--(\w+)\)/g, (_, name: keyof typeof LIGHT) => LIGHT[name]);
}

function heightOf({ curves }: Panel): number {
  return BOTTOM + MARGIN.bottom + LEGEND_LINE * Math.ceil(curves.length / 2) + 4;
}

function draw(panel: Panel): string[] {
  const { title, xLabel, yLabel, curves } = panel;
  const points = curves.flatMap((curve) => curve.points);
  if (points.length === 0) throw new RangeError(`the chart '${title}' has no points`);
  const x = linearAxis(extent(points.map(([value]) => value)), [MARGIN.left, RIGHT], panel.whole ?? false);
  const values = panel.yRange ?? extent(points.map(([, value]) => value));
  const y =
    panel.yScale === 'log'
      ? logarithmicAxis(values, [BOTTOM, MARGIN.top])
      : linearAxis(panel.yRange ? values : padded(values), [BOTTOM, MARGIN.top], false);
  return [
    text(WIDTH / 2, 19, title, 'font-size="14" font-weight="600" fill="var(--ink)"'),
    text((MARGIN.left + RIGHT) / 2, BOTTOM + 36, xLabel),
    text(0, 0, yLabel, `transform="translate(14 ${(MARGIN.top + BOTTOM) / 2}) rotate(-90)"`),
    ...x.ticks.map((value) => text(x.place(value), BOTTOM + 17, written(value))),
    ...y.ticks.flatMap((value) => [
      `<line x1="${MARGIN.left}" y1="${fixed(y.place(value))}" x2="${RIGHT}" y2="${fixed(y.place(value))}" stroke="var(--grid)"/>`,
      text(MARGIN.left - 7, y.place(value) + 4, written(value), 'text-anchor="end"'),
    ]),
    `<line x1="${MARGIN.left}" y1="${BOTTOM}" x2="${RIGHT}" y2="${BOTTOM}" stroke="var(--muted)"/>`,
    // An inner picture cuts off what leaves it.
    `<svg x="${PLOT.x}" y="${PLOT.y}" width="${PLOT.width}" height="${PLOT.height}" viewBox="${PLOT.x} ${PLOT.y} ${PLOT.width} ${PLOT.height}"><title>curves</title>`,
    ...curves.map((curve) => drawCurve(curve, x, y)),
    '</svg>',
    ...curves.flatMap(drawLegend),
  ];
}

function drawCurve({ colour, stroke = 'solid', marked, points }: Curve, x: Axis, y: Axis): string {
  const places = points.map(([px, py]) => [fixed(x.place(px)), fixed(y.place(py))] as const);
  // A single point would be no line.
  const marks = (marked ?? false) || places.length === 1 ? places : [];
  const dots = marks.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="var(--${colour})"/>`);
  const path = places.map((place) => place.join(',')).join(' ');
  return `<polyline fill="none" stroke="var(--${colour})" stroke-width="1.75"${DASHES[stroke]} points="${path}"/>${dots.join('')}`;
}

/** Two a line below the plot. */
function drawLegend({ label, colour, stroke = 'solid' }: Curve, index: number): string[] {
  const left = MARGIN.left - 40 + (index % 2) * ((WIDTH - MARGIN.left + 40) / 2);
  const base = BOTTOM + MARGIN.bottom + LEGEND_LINE * (Math.floor(index / 2) + 1) - 5;
  return [
    `<line x1="${left}" y1="${base - 4}" x2="${left + 26}" y2="${base - 4}" stroke="var(--${colour})" stroke-width="1.75"${DASHES[stroke]}/>`,
    text(left + 32, base, label, 'text-anchor="start"'),
  ];
}

function extent(values: readonly number[]): readonly [number, number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  ];
}

/** A little room above and below; equal values get a range too. */
function padded([low, high]: readonly [number, number]): readonly [number, number] {
  const room = high > low ? 0.05 * (high - low) : Math.max(1, Math.abs(high)) / 2;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

function linearAxis(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  whole: boolean,
): Axis {
  const span = high > low ? high - low : 1;
  const raw = span / 5;
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max([1, 2, 5, 10].find((n) => n * decade >= raw)! * decade, whole ? 1 : 0);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
  return { ticks, place: (value) => from + ((to - from) * (value - low)) / span };
}

/** Ticks at 1, 2 and 5 of each decade, or at powers of ten where those are many. */
function logarithmicAxis(values: readonly [number, number], [from, to]: readonly [number, number]): Axis {
  const [low, high] = [values[0] * 0.8, values[1] * 1.25];
  const span = Math.log10(high / low);
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, n) => n + Math.floor(Math.log10(low)),
  );
  const steps = span > 3 ? [1] : [1, 2, 5];
  const ticks = decades
    .flatMap((decade) => steps.map((step) => step * 10 ** decade))
    .filter((tick) => tick >= low && tick <= high);
  return { ticks, place: (value) => from + ((to - from) * Math.log10(value / low)) / span };
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escapeText(content)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function written(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (value > 0 && exponent <= -3 && Math.abs(value / 10 ** exponent - 1) < 1e-9)
    return `10⁻${[...String(-exponent)].map((digit) => SUPERSCRIPTS[Number(digit)]).join('')}`;
  return value.toLocaleString('en-GB', { maximumSignificantDigits: 6 }).replace('-', '−');
}
