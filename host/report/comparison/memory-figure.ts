import {
  axes,
  drawing,
  type Figure,
  type Frame,
  fixed,
  html,
  line,
  linearScale,
  logarithmicScale,
  mark,
  placesBeside,
  text,
  WIDTH,
} from '../../drawing/index.js';
import { byteTickLabel, count, inPercent, type Spread, tickLabel } from '../../ground/index.js';
import type { ComparisonData, Group } from './data.js';
import { errorName, labelling } from './labels.js';

const HEIGHT = 330;
const FRAME: Frame = { left: 46, right: WIDTH - 14, top: 34, bottom: HEIGHT - 50 };
const LEGEND = 19;

type Point = Group & { readonly bytes: number; readonly error: Spread };

/** Error against bytes: the nearer to the corner below on the left, the better. */
export function memoryFigure(data: ComparisonData): Figure | undefined {
  const points = data.groups.flatMap((group): Point[] => {
    const { bytes, [data.measure]: error } = group;
    return bytes === undefined || error === undefined ? [] : [{ ...group, bytes, error }];
  });
  if (points.length < 2) return undefined;
  const label = labelling(data);
  const kind = errorName(data);
  // Intervals of two seeds are wide enough to hide everything else: they may be cut off.
  const means = points.map(({ error }) => error.mean);
  const [least, greatest] = [Math.min(...means), Math.max(...means)];
  const margin = Math.max(greatest - least, 0.1 * greatest, 0.1) / 2;
  const y = linearScale([Math.max(least - margin, 0), greatest + margin], [FRAME.bottom, FRAME.top]);
  const x = logarithmicScale(
    points.map(({ bytes }) => bytes),
    [FRAME.left, FRAME.right],
  );
  const at = ({ bytes, error }: Point) => [x.place(bytes), y.place(error.mean)] as const;
  const front = points
    .filter(({ onFront }) => onFront)
    .sort((a, b) => a.bytes - b.bytes || a.error.mean - b.error.mean);
  const clamp = (place: number) => Math.min(Math.max(place, FRAME.top), FRAME.bottom);
  const whiskers = front.map((point) => {
    const { mean, halfWidth } = point.error;
    const [px] = at(point);
    return halfWidth === undefined
      ? ''
      : line(px, clamp(y.place(mean - halfWidth)), px, clamp(y.place(mean + halfWidth)), 'whisker c0');
  });
  const marks = points.map((point) => {
    const [px, py] = at(point);
    const title = `${label(point)}: ${inPercent(point.error.mean)} ${kind}, ${count(point.bytes)} bytes`;
    return mark(0, px, py, title, !point.onFront);
  });
  const [chosen] = points.filter(({ id }) => id === data.advice?.group).map(at);
  const places = placesBeside(front.map(at), String(front.length).length, points.map(at), FRAME);
  const body = [
    axes(
      FRAME,
      { scale: x, label: 'arena, bytes', tick: byteTickLabel },
      { scale: y, label: `${kind}, %`, tick: tickLabel },
    ),
    html`<path class="front" d="${steps(front.map(at))}"/>`,
    whiskers,
    marks,
    chosen ? html`<circle class="chosen" cx="${fixed(chosen[0])}" cy="${fixed(chosen[1])}" r="9"/>` : '',
    front.map((point, n) => {
      const { x: left, y: baseline, anchor } = places[n];
      const legend = HEIGHT + 10 + n * LEGEND;
      const { bytes, error } = point;
      return [
        text(left, baseline, n + 1, anchor, 'halo'),
        text(FRAME.left, legend, n + 1, 'end'),
        text(FRAME.left + 10, legend, label(point), 'start'),
        text(WIDTH - 4, legend, `${inPercent(error.mean)}, ${count(bytes)}`, 'end', 'muted small'),
      ];
    }),
  ];
  const title = 'Accuracy against memory';
  return {
    name: 'accuracy-memory',
    title,
    caption: `Each mark is a group of cells that differ in the seed alone: its mean ${kind}. The numbered ones on the dashed line are the Pareto front: nothing else has a lower error in as few bytes; with 95 % intervals where there are several seeds, cut off at the frame.${chosen ? ' The ring is the advice.' : ''}`,
    svg: drawing(title, HEIGHT + 6 + front.length * LEGEND, body),
  };
}

/** Draws a staircase: between two marks the left one is the best that fits. */
function steps(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], n) => (n === 0 ? `M${fixed(x)} ${fixed(y)}` : `H${fixed(x)}V${fixed(y)}`))
    .join('');
}
