/** Charts as data: the page's script draws them. */
import { type Content, type Html, html } from '../drawing/index.js';
import { rounded } from '../ground/index.js';

export type Colour = 'blue' | 'orange' | 'green' | 'purple' | 'grey';
export type Unit = 'percent' | 'number' | 'count';

export interface Series {
  readonly label: string;
  readonly colour: Colour;
  /** The reference's curves are dashed. */
  readonly dashed?: boolean;
  readonly values: readonly (number | null)[];
}

/** A straight line across the chart. */
export interface Mark {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly label: string;
}

export interface Chart {
  readonly kind: 'lines' | 'bars';
  readonly xLabel: string;
  readonly x: readonly number[];
  /** Ends of the x axis; else the data's. */
  readonly xRange?: readonly [number, number];
  /** `zero`: linear from zero; `data`: linear, close around the data; `log`: logarithmic, base 10. */
  readonly scale: 'zero' | 'data' | 'log';
  /** How values are written. */
  readonly unit: Unit;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
}

/** A series as it is drawn. */
interface DrawnSeries extends Series {
  /** Places of values with none beside them: no line goes there. */
  readonly lone: readonly number[];
}

/** A chart as the page has it. */
export interface DrawnChart extends Chart {
  readonly series: readonly DrawnSeries[];
}

/** The text around a chart: its caption says what it means and how to read it. */
export interface Caption {
  readonly title: string;
  readonly caption: Content;
  /** Takes the whole width. */
  readonly wide?: boolean;
}

const DIGITS = 6;
const brief = (value: number | null) =>
  value === null || !Number.isFinite(value) ? null : rounded(value, DIGITS);

/** Places of values that have none before them and none behind. */
function lone(values: readonly (number | null)[]): readonly number[] {
  return values.flatMap((value, n) =>
    value !== null && (values[n - 1] ?? values[n + 1] ?? null) === null ? [n] : [],
  );
}

/** The charts of one page; collects their data as their figures are written. */
export class Charts {
  readonly data: DrawnChart[] = [];

  figure(chart: Chart, { title, caption, wide = false }: Caption): Html {
    const id = this.data.length;
    // A logarithmic axis has no place for zero.
    const drawn = (value: number | null) => (chart.scale === 'log' && !(Number(value) > 0) ? null : value);
    this.data.push({
      ...chart,
      x: chart.x.map((x) => brief(x) ?? 0),
      series: chart.series.map((series) => {
        const values = series.values.map((value) => brief(drawn(value)));
        return { ...series, values, lone: lone(values) };
      }),
    });
    return html`<figure class="${wide ? 'chart wide' : 'chart'}">
<h3>${title}</h3>
<figcaption>${caption}</figcaption>
<div class="plot" data-chart="${id}" role="img" aria-label="Chart: ${title}"></div>
</figure>
`;
  }
}

/** Figures side by side, in rows as full as can be; wide ones take a row. */
export function figureGrid(figures: readonly (Html | undefined)[], wide?: Html): Html {
  const shown = figures.filter((figure) => figure !== undefined);
  const columns = shown.length % 3 === 0 || shown.length === 5 ? 3 : Math.min(2, shown.length);
  return html`<div class="figures" style="--columns:${Math.max(1, columns)}">${wide}${shown}</div>
`;
}
