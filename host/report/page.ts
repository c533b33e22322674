/**
 * The report's script: draws its charts. Compiled with the rest and put into the page as it is, behind the plots, so it
 * may import types only.
 */
import type { DrawnChart as Chart } from './charts.js';
import type * as Plots from './plots.js';

declare const document: {
  getElementById(id: string): { readonly textContent: string | null } | null;
  querySelectorAll(selector: string): Iterable<Plots.Place>;
};
declare const DrawnPlot: typeof Plots.DrawnPlot;
declare const whenRecoloured: typeof Plots.whenRecoloured;

const charts: Chart[] = JSON.parse(document.getElementById('charts')?.textContent ?? '[]');
const drawn = [...document.querySelectorAll('[data-chart]')].map(
  (place) => new DrawnPlot(place, charts[Number(place.dataset.chart)]),
);
whenRecoloured(() => {
  for (const plot of drawn) plot.redraw();
});
