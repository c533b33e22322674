/** Line charts: one for a page, or several in a figure of its own. */

import { significant, tickLabel } from '../ground/index.js';
import {
  axes,
  drawing,
  type Frame,
  fixed,
  line,
  mark,
  SERIES_CLASSES,
  type SeriesColour,
  seriesOf,
  text,
  WIDTH,
} from './drawing.js';
import { type Html, html } from './html.js';
import { drawPictures, heightOfPictures, type Pictures } from './pictures.js';
import { fixedScale, linearScale, logarithmicScale, type Scale } from './scale.js';

export interface Curve {
  readonly label: string;
  readonly colour: SeriesColour;
  /** Solid where it is not given. */
  readonly stroke?: 'dashed' | 'dotted';
  /** A mark at every point. */
  readonly marked?: boolean;
  /** Ascending in x. A gap where y is null; on a logarithmic axis where it is not above 0. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** Whole numbers alone along x. */
  readonly whole?: boolean;
  readonly xScale?: 'linear' | 'log';
  readonly yScale?: 'linear' | 'zero' | 'log';
  /** Ends of the y axis where the data's own will not do; curves are cut off there. */
  readonly yRange?: readonly [number, number];
}

const PLOT = 300;
const FRAME: Frame = { left: 52, right: WIDTH - 14, top: 34, bottom: PLOT - 46 };
const HEADING = 26;
const LEGEND = 19;
/** Curves leave the frame by no more than a mark at its edge needs. */
const EDGE = 6;

/** @throws `RangeError` where there are no points */
export function lineChart(panel: Panel): Html {
  return drawing(panel.title, heightOf(panel), body(panel));
}

/** Charts, or pictures, two a row, each under its title, as one drawing. */
export function chartFigure(title: string, panels: readonly (Panel | Pictures)[]): Html {
  const perRow = Math.min(2, panels.length);
  const heights = panels.map((panel) => ('curves' in panel ? heightOf(panel) : heightOfPictures(panel)));
  const cell = HEADING + Math.max(...heights);
  const placed = panels.map((panel, n) => {
    const [x, y] = [(n % perRow) * WIDTH, Math.floor(n / perRow) * cell];
    return html`<svg x="${x}" y="${y}" width="${WIDTH}" height="${cell}" viewBox="0 ${-HEADING} ${WIDTH} ${cell}">
<title>${panel.title}</title>
${text(WIDTH / 2, -6, panel.title, 'middle', 'heading')}
${'curves' in panel ? body(panel) : drawPictures(panel)}
</svg>
`;
  });
  return drawing(title, Math.ceil(panels.length / perRow) * cell, placed, perRow * WIDTH);
}

type Point = readonly [x: number, y: number];

/** The curve's points between its gaps. */
function pieces({ points }: Curve, { yScale }: Panel): readonly (readonly Point[])[] {
  const found: Point[][] = [[]];
  for (const [x, y] of points) {
    if (y === null || (yScale === 'log' && !(y > 0))) found.push([]);
    else found[found.length - 1].push([x, y]);
  }
  return found.filter((piece) => piece.length > 0);
}

function heightOf({ curves }: Panel): number {
  return PLOT + 6 + LEGEND * curves.length;
}

function body(panel: Panel): readonly Html[] {
  const { title, xLabel, yLabel, curves } = panel;
  const points = curves.flatMap((curve) => pieces(curve, panel).flat());
  if (points.length === 0) throw new RangeError(`the chart '${title}' has no points`);
  const [x, y] = scalesOf(panel, points);
  const { left, right, top, bottom } = FRAME;
  const [width, height] = [right - left + 2 * EDGE, bottom - top + 2 * EDGE];
  return [
    axes(FRAME, { scale: x, label: xLabel, tick: tickLabel }, { scale: y, label: yLabel, tick: tickLabel }),
    // An inner picture cuts off what leaves it.
    html`<svg x="${left - EDGE}" y="${top - EDGE}" width="${width}" height="${height}" viewBox="${left - EDGE} ${top - EDGE} ${width} ${height}"><title>curves</title>${curves.map((curve) => drawCurve(curve, panel, x, y))}</svg>`,
    html`${curves.map((curve, n) => drawLegend(curve, PLOT + n * LEGEND))}`,
  ];
}

function scalesOf(
  { whole, xScale, yScale = 'linear', yRange }: Panel,
  points: readonly Point[],
): readonly [x: Scale, y: Scale] {
  const [across, up] = [[FRAME.left, FRAME.right] as const, [FRAME.bottom, FRAME.top] as const];
  const [xs, ys] = [points.map(([value]) => value), points.map(([, value]) => value)];
  const x = xScale === 'log' ? logarithmicScale(xs, across) : linearScale(xs, across);
  const y =
    yScale === 'log'
      ? logarithmicScale(ys, up)
      : yRange
        ? fixedScale(yRange, up)
        : linearScale(ys, up, undefined, yScale === 'zero');
  return [whole ? { ...x, ticks: x.ticks.filter(Number.isInteger) } : x, y];
}

function drawCurve(curve: Curve, panel: Panel, x: Scale, y: Scale) {
  return html`${pieces(curve, panel).map((points) => drawPiece(points, curve, panel, x, y))}`;
}

function drawPiece(
  points: readonly Point[],
  { label, colour, stroke, marked }: Curve,
  panel: Panel,
  x: Scale,
  y: Scale,
): Html {
  const places = points.map(([px, py]) => [x.place(px), y.place(py)] as const);
  const path = places.map((place) => place.map(fixed).join(',')).join(' ');
  // A single point would be no line.
  const marks = marked || places.length === 1 ? places : [];
  const told = ([px, py]: Point) => `${label}: ${significant(py, 4)} at ${panel.xLabel} ${significant(px)}`;
  const series = seriesOf(colour);
  return html`<polyline class="${curveStyle(series, stroke)}" points="${path}"/>${marks.map(([cx, cy], n) => mark(series, cx, cy, told(points[n])))}`;
}

function drawLegend({ label, colour, stroke, marked }: Curve, top: number): Html {
  const middle = top + 10;
  const series = seriesOf(colour);
  return html`${line(FRAME.left - 12, middle, FRAME.left + 14, middle, curveStyle(series, stroke))}${marked ? mark(series, FRAME.left + 1, middle, label) : ''}${text(FRAME.left + 22, top + 14, label, 'start')}`;
}

function curveStyle(series: number, stroke: Curve['stroke']): string {
  return `curve ${SERIES_CLASSES[series]}${stroke ? ` ${stroke}` : ''}`;
}
