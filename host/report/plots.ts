/**
 * Draws charts. Compiled with the rest and put into pages as it is, behind the notation, so it may import types only. What
 * it uses of both is declared here, to keep the DOM out of the host's globals.
 */
import type Plot from 'uplot';
import type * as Ground from '../ground/index.js';
import type { DrawnChart as Chart, Mark, Unit } from './charts.js';

/** A chart's element. */
export interface Place {
  readonly dataset: Readonly<Record<string, string>>;
  readonly clientWidth: number;
}
declare const document: { readonly documentElement: object };
declare const uPlot: typeof Plot;
declare const NOTHING: typeof Ground.NOTHING;
declare const closely: typeof Ground.closely;
declare const count: typeof Ground.count;
declare const percent: typeof Ground.percent;
declare const powerOfTen: typeof Ground.powerOfTen;
declare const significant: typeof Ground.significant;
declare function queueMicrotask(work: () => void): void;
declare function matchMedia(query: string): { addEventListener(type: 'change', listener: () => void): void };
declare function getComputedStyle(element: object): { getPropertyValue(name: string): string };
declare const ResizeObserver: new (
  listener: () => void,
) => { observe(element: Place): void; disconnect(): void };

const FONT = '12px system-ui, sans-serif';
const DASH = [6, 4];
/** Distances between ticks: there is no half an epoch or step. */
const WHOLE = Array.from({ length: 10 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A value under the cursor. */
function exactly(value: number | null, unit: Unit): string {
  if (value === null || value === undefined) return NOTHING;
  if (unit === 'percent') return percent(value);
  return unit === 'count' ? count(value) : closely(value);
}

/** A value beside an axis. */
function tick(value: number | null, { unit, scale }: Chart): string {
  if (value === null) return '';
  if (scale === 'log' && unit === 'number') return powerOfTen(Math.round(Math.log10(value)));
  return unit === 'percent' ? `${significant(100 * value, 6)} %` : significant(value, 6);
}

function yRange(current: () => Chart): Plot.Range.Function {
  return (_plot, least, greatest) => {
    const chart = current();
    const [low, high] = [least ?? 0, greatest ?? 1];
    if (chart.scale === 'zero') return [0, high > 0 ? high * 1.06 : 1];
    // Shares and cosines end at 1; equal values still need a range, and one that six digits of a tick tell apart.
    if (chart.scale === 'data' && high <= 1)
      return [low === high ? low - 1e-3 : Math.min(low - (1 - low) * 0.1, 1 - 1e-5), 1];
    if (chart.scale === 'data') return uPlot.rangeNum(low, high === low ? low + 1e-3 : high, 0.1, false);
    // Half a count below one, so that bars of one are seen.
    if (chart.kind === 'bars') return [0.5, 10 ** Math.ceil(Math.log10(high * 1.01))];
    const marked = (chart.marks ?? []).filter(({ axis }) => axis === 'y').map(({ at }) => at);
    return uPlot.rangeLog(Math.min(low, ...marked), Math.max(high, ...marked), 10, true);
  };
}

function drawMark(plot: Plot, { axis, at, label }: Mark): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const place = plot.valToPos(at, axis, true);
  const [near, far] = axis === 'x' ? [bbox.left, bbox.left + bbox.width] : [bbox.top, bbox.top + bbox.height];
  if (!(place >= near && place <= far)) return;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('muted');
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(axis === 'x' ? place : bbox.left, axis === 'x' ? bbox.top : place);
  ctx.lineTo(axis === 'x' ? place : bbox.left + bbox.width, axis === 'x' ? bbox.top + bbox.height : place);
  ctx.stroke();
  ctx.font = FONT.replace('12px', `${11 * ratio}px`);
  const right = axis === 'y' || place > (near + far) / 2;
  ctx.textAlign = right ? 'right' : 'left';
  ctx.textBaseline = axis === 'x' ? 'top' : 'bottom';
  const gap = 5 * ratio;
  const [x, y] =
    axis === 'x'
      ? [place + (right ? -gap : gap), bbox.top + gap]
      : [bbox.left + bbox.width - gap, place - gap / 2];
  // Readable also where a curve runs behind it.
  ctx.setLineDash([]);
  ctx.strokeStyle = colour('paper');
  ctx.lineWidth = 4 * ratio;
  ctx.strokeText(label, x, y);
  ctx.fillText(label, x, y);
  ctx.restore();
}

/** Lines and labels at powers of ten alone. */
function decades({ grid }: Plot.Axis): Plot.Axis {
  const filter: Plot.Axis.Filter = (_plot, splits) =>
    splits.map((value) =>
      Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9 ? value : null,
    );
  return { filter, grid: { ...grid, filter } };
}

function barPaths(): Pick<Plot.Series, 'paths'> {
  const paths = uPlot.paths.bars?.({ size: [1, 1000] });
  return paths ? { paths } : {};
}

/** Without a cursor the legend shows where the run ended; that of bars shows nothing. */
function showLast(plot: Plot): void {
  const isBars = plot.series[1]?.width === 0;
  if (!isBars && plot.cursor.idx == null) plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

/** @param current what is shown: other values than at first, of a chart of the same form */
function options(current: () => Chart, width: number): Plot.Options {
  const chart = current();
  const bars = chart.kind === 'bars';
  const axis: Plot.Axis = {
    stroke: colour('muted'),
    font: FONT,
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: Math.round(Math.max(200, Math.min(320, width * 0.5))),
    padding: [12, 14, 0, 0],
    cursor: { drag: { x: true, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, ...(chart.xRange ? { range: () => endsOf(current()) } : {}) },
      y: { distr: chart.scale === 'log' ? 3 : 1, range: yRange(current) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        label: chart.xLabel,
        labelFont: FONT,
        labelSize: 20,
        size: 28,
        ...(bars ? {} : { incrs: WHOLE }),
        values: (_plot, values) => values.map((value) => significant(value, 6)),
      },
      {
        ...axis,
        ...(chart.scale === 'log' ? decades(axis) : {}),
        size: 62,
        values: (_plot, values) => values.map((value) => tick(value, chart)),
      },
    ],
    series: [
      {
        label: chart.xLabel,
        value: (_plot, value) => exactly(value, Number.isInteger(value) ? 'count' : 'number'),
      },
      ...chart.series.map((series, n): Plot.Series => {
        const stroke = colour(series.colour);
        return {
          label: series.label,
          stroke,
          width: bars ? 0 : 1.75,
          ...(bars ? { fill: stroke, ...barPaths() } : {}),
          ...(series.dashed ? { dash: DASH } : {}),
          points: {
            show: () => !bars && current().x.length <= 40,
            size: 5,
            fill: stroke,
            filter: (_plot, _series, isShown) => (isShown || bars ? null : [...current().series[n].lone]),
          },
          value: (_plot, value) => exactly(value, chart.unit),
        };
      }),
    ],
    hooks: {
      ready: [showLast],
      setCursor: [showLast],
      draw: [
        (plot) => {
          for (const mark of current().marks ?? []) drawMark(plot, mark);
        },
      ],
    },
  };
}

/** A chart where it stands: as wide as its place, in the colours of the page, its data replaced as they change. */
export class DrawnPlot {
  readonly #observer: { disconnect(): void };
  #plot: Plot;

  constructor(
    private readonly place: Place,
    private chart: Chart,
  ) {
    this.#plot = this.#draw();
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(place);
    this.#observer = observer;
  }

  /** Shows other values of the same series; a chart of another kind is drawn anew. */
  update(chart: Chart): void {
    const isSame = formOf(chart) === formOf(this.chart);
    const isZoomed = isCut(this.#plot, endsOf(this.chart));
    this.chart = chart;
    // Someone looks closely at a part of it: it is not to be taken away from under their eyes.
    if (!isSame) this.redraw();
    else if (isZoomed) {
      this.#plot.setData(dataOf(chart), false);
      this.#plot.redraw();
    } else this.#plot.setData(dataOf(chart));
    // Once it is drawn: the legend is emptied then.
    queueMicrotask(() => showLast(this.#plot));
  }

  redraw(): void {
    this.#plot.destroy();
    this.#plot = this.#draw();
  }

  remove(): void {
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #draw(): Plot {
    return new uPlot(
      options(() => this.chart, this.place.clientWidth),
      dataOf(this.chart),
      this.place as never,
    );
  }

  #resize(): void {
    const { width, height } = options(() => this.chart, this.place.clientWidth);
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height });
  }
}

/** Calls back when the page's colours are others. */
export function whenRecoloured(redraw: () => void): void {
  for (const query of ['(prefers-color-scheme: dark)', 'print'])
    matchMedia(query).addEventListener('change', redraw);
}

/** Ends of the x axis. */
function endsOf({ x, xRange }: Chart): Plot.Range.MinMax {
  return xRange ? [xRange[0], xRange[1]] : [x[0], x[x.length - 1]];
}

/** True where less is shown than there is. */
function isCut({ scales }: Plot, [least, greatest]: Plot.Range.MinMax): boolean {
  const { min, max } = scales.x;
  return Number(min ?? least) > Number(least) || Number(max ?? greatest) < Number(greatest);
}

/** All of a chart but its values. */
function formOf({ kind, xLabel, scale, unit, series }: Chart): string {
  const curves = series.map(({ label, colour, dashed }) => [label, colour, dashed ?? false]);
  return JSON.stringify([kind, xLabel, scale, unit, curves]);
}

function dataOf(chart: Chart): Plot.AlignedData {
  return [chart.x, ...chart.series.map((series) => series.values)] as unknown as Plot.AlignedData;
}
