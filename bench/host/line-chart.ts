/** A line chart on two logarithmic axes, as SVG. */

export interface ChartSeries {
  readonly label: string;
  /** Positive numbers, ascending in x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly ChartSeries[];
}

interface Axis {
  readonly ticks: readonly number[];
  place(value: number): number;
}

const WIDTH = 640;
const HEIGHT = 400;
const MARGIN = { left: 70, right: 20, top: 40, bottom: 50 } as const;
const RIGHT = WIDTH - MARGIN.right;
const BOTTOM = HEIGHT - MARGIN.bottom;
/** Told apart also by those who see few colours. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#555555'] as const;
const LEGEND_LINE = 16;

export function renderLineChart({ title, xLabel, yLabel, series }: LineChart): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) throw new RangeError(`the chart '${title}' has no points`);
  const x = logarithmicAxis(
    points.map(([value]) => value),
    [MARGIN.left, RIGHT],
  );
  const y = logarithmicAxis(
    points.map(([, value]) => value),
    [BOTTOM, MARGIN.top],
  );
  const body = [
    text(WIDTH / 2, MARGIN.top / 2 + 4, title, 'font-size="15"'),
    text((MARGIN.left + RIGHT) / 2, HEIGHT - 10, xLabel),
    text(0, 0, yLabel, `transform="translate(16 ${(MARGIN.top + BOTTOM) / 2}) rotate(-90)"`),
    ...x.ticks.flatMap((value) => [
      line(x.place(value), MARGIN.top, x.place(value), BOTTOM),
      text(x.place(value), BOTTOM + 18, number(value)),
    ]),
    ...y.ticks.flatMap((value) => [
      line(MARGIN.left, y.place(value), RIGHT, y.place(value)),
      text(MARGIN.left - 8, y.place(value) + 4, number(value), 'text-anchor="end"'),
    ]),
    ...series.flatMap((one, n) => drawSeries(one, n, x, y)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" text-anchor="middle">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${body.join('\n')}
</svg>
`;
}

function drawSeries({ label, points }: ChartSeries, index: number, x: Axis, y: Axis): string[] {
  const colour = COLOURS[index % COLOURS.length];
  const places = points.map(([px, py]) => [x.place(px).toFixed(1), y.place(py).toFixed(1)]);
  const legendY = MARGIN.top + LEGEND_LINE * (index + 1);
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="2.5" fill="${colour}"/>`),
    text(RIGHT - 8, legendY, label, `text-anchor="end" fill="${colour}"`),
  ];
}

/** Ends at the data's own; ticks at 1, 2 and 5 of each decade, or at powers of ten where those are many. */
function logarithmicAxis(values: readonly number[], [from, to]: readonly [number, number]): Axis {
  // A single value gets an axis too.
  const low = Math.min(...values) * 0.9;
  const high = Math.max(...values) * 1.1;
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

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function number(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString('en-GB') : String(Number(value.toPrecision(2)));
}
