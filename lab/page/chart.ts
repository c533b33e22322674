/** A chart that grows: curves over one axis, in the page's colours. */
import uPlot from 'uplot';
import type { SeriesColour } from '#host/drawing/index.js';
import { NOTHING, significant } from '#host/ground/index.js';
import { eachFrame } from './elements.js';

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly { readonly label: string; readonly colour: SeriesColour }[];
  /** Lets the y axis begin at 0 (default: true). */
  readonly fromZero?: boolean;
}

const FONT = '12px system-ui, sans-serif';
const HEIGHT = 220;

const colour = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export class LiveChart {
  readonly #place: HTMLElement;
  readonly #options: ChartOptions;
  #points: (readonly [x: number, ...ys: (number | null)[]])[] = [];
  #plot: uPlot | undefined;
  readonly #draw = eachFrame(() => this.#plot?.setData(this.#data()));
  readonly #observer = new ResizeObserver(() => this.#fit());
  readonly #theme = matchMedia('(prefers-color-scheme: dark)');

  constructor(place: HTMLElement, options: ChartOptions) {
    this.#options = options;
    const heading = document.createElement('h3');
    heading.textContent = options.title;
    this.#place = document.createElement('div');
    this.#place.className = 'plot';
    place.append(heading, this.#place);
    this.#make();
    this.#observer.observe(this.#place);
    this.#theme.addEventListener('change', this.#make);
  }

  /** @param ys one a series; null where it has none there */
  add(x: number, ...ys: readonly (number | null)[]): void {
    this.#points.push([x, ...ys]);
    this.#draw();
  }

  clear(): void {
    this.#points = [];
    this.#draw();
  }

  close(): void {
    this.#observer.disconnect();
    this.#theme.removeEventListener('change', this.#make);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #data(): uPlot.AlignedData {
    const columns = this.#options.series.map((_, n) => this.#points.map((point) => point[n + 1] ?? null));
    return [this.#points.map(([x]) => x), ...columns];
  }

  #fit(): void {
    const width = this.#place.clientWidth;
    if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT });
  }

  /** Anew where the colours change: a canvas keeps its own. */
  readonly #make = (): void => {
    this.#plot?.destroy();
    const { series, xLabel, fromZero = true } = this.#options;
    const axis: uPlot.Axis = {
      stroke: colour('muted'),
      font: FONT,
      grid: { stroke: colour('grid'), width: 1 },
      ticks: { show: false },
    };
    const value = (_: uPlot, at: number | null) => (at === null ? NOTHING : significant(at, 4));
    const values = (_: uPlot, ticks: number[]) => ticks.map((tick) => significant(tick, 6));
    this.#plot = new uPlot(
      {
        width: this.#place.clientWidth || 300,
        height: HEIGHT,
        padding: [12, 24, 0, 0],
        scales: {
          x: { time: false },
          y: {
            range: (_, low, high) =>
              fromZero ? [0, high > 0 ? high * 1.06 : 1] : uPlot.rangeNum(low ?? 0, high ?? 1, 0.1, false),
          },
        },
        axes: [
          { ...axis, grid: { show: false }, label: xLabel, labelFont: FONT, labelSize: 20, size: 28, values },
          { ...axis, size: 56, values },
        ],
        series: [
          { label: xLabel, value },
          ...series.map(({ label, colour: name }) => ({
            label,
            stroke: colour(name),
            width: 1.75,
            points: { show: false },
            value,
          })),
        ],
      },
      this.#data(),
      this.#place,
    );
  };
}
