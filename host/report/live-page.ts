/**
 * The live page's script: puts the parts that have changed in the place of those before, what has not changed in them
 * left as it is, so that focus, open details and what is looked at closely stay. Compiled with the rest and sent behind
 * the plots, so it may import types only.
 */
import type { DrawnChart } from './charts.js';
import type { LiveChange, LivePart } from './live.js';
import type * as Plots from './plots.js';

interface Leaf {
  readonly nodeName: string;
  readonly childNodes: ArrayLike<Leaf>;
  nodeValue: string | null;
  replaceWith(node: Leaf): void;
  remove(): void;
}
interface Branch extends Leaf, Plots.Place {
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly content: Branch;
  id: string;
  innerHTML: string;
  textContent: string | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(node: Leaf): void;
  querySelectorAll(selector: string): Iterable<Branch>;
}
declare const document: {
  title: string;
  createElement(name: string): Branch;
  getElementById(id: string): Branch | null;
};
declare const location: { replace(url: string): void };
declare const EventSource: {
  new (
    url: string,
  ): {
    readonly readyState: number;
    close(): void;
    addEventListener(type: string, listener: (event: { readonly data: string }) => void): void;
  };
  readonly CLOSED: number;
};
declare const DrawnPlot: typeof Plots.DrawnPlot;
declare const whenRecoloured: typeof Plots.whenRecoloured;

const ELSEWHERE = 'Not connected: this is how it stood.';

interface Shown {
  readonly element: Branch;
  /** By their places. */
  readonly plots: Map<Plots.Place, Plots.DrawnPlot>;
}

const shown = new Map<string, Shown>();

function say(id: string, text: string): void {
  const place = document.getElementById(id);
  if (place && place.textContent !== text) place.textContent = text;
}

function isBranch(node: Leaf): node is Branch {
  return 'attributes' in node;
}

/** Makes `old` what `fresh` is. A chart's inside is not the markup's, and who opened details closes them. */
function become(old: Leaf, fresh: Leaf): void {
  if (!isBranch(old) || !isBranch(fresh)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  const kept = [...old.attributes].map(({ name }) => name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const name of kept)
    if (name !== 'open' && fresh.getAttribute(name) === null) old.removeAttribute(name);
  if (old.dataset.chart !== undefined) return;
  const [before, after] = [Array.from(old.childNodes), Array.from(fresh.childNodes)];
  after.forEach((child, n) => {
    const place = before[n];
    if (place === undefined) old.append(child);
    else if (isAlike(place, child)) become(place, child);
    else place.replaceWith(child);
  });
  for (const child of before.slice(after.length)) child.remove();
}

function isAlike(old: Leaf, fresh: Leaf): boolean {
  if (old.nodeName !== fresh.nodeName) return false;
  return !isBranch(old) || !isBranch(fresh) || old.id === fresh.id;
}

function show(key: string, { html, charts }: LivePart): void {
  const part = shown.get(key) ?? { element: document.createElement('div'), plots: new Map() };
  shown.set(key, part);
  const template = document.createElement('template');
  template.innerHTML = html;
  const fresh = document.createElement('div');
  fresh.append(template.content);
  become(part.element, fresh);
  // A chart is as wide as its place, which must be on the page.
  place(key, part.element);
  draw(part, charts);
}

function place(key: string, element: Branch): void {
  const home = document.getElementById(key === 'header' ? 'head' : 'parts');
  if (home && !Array.from(home.childNodes).includes(element)) home.append(element);
}

function draw({ element, plots }: Shown, charts: readonly DrawnChart[]): void {
  const places = new Set<Plots.Place>(element.querySelectorAll('[data-chart]'));
  for (const [gone, plot] of plots)
    if (!places.has(gone)) {
      plot.remove();
      plots.delete(gone);
    }
  for (const at of places) {
    const chart = charts[Number(at.dataset.chart)];
    const plot = plots.get(at);
    if (plot) plot.update(chart);
    else plots.set(at, new DrawnPlot(at, chart));
  }
}

/** Parts stand in the order that is told; those that are told no more are gone. */
function arrange(keys: readonly string[]): void {
  for (const [key, { element, plots }] of shown)
    if (!keys.includes(key)) {
      for (const plot of plots.values()) plot.remove();
      element.remove();
      shown.delete(key);
    }
  const home = document.getElementById('parts');
  const wanted = keys.flatMap((key) => (key === 'header' ? [] : (shown.get(key)?.element ?? [])));
  const there = home ? Array.from(home.childNodes).filter((node) => wanted.includes(node as Branch)) : [];
  // Whoever is moved loses its focus: nothing is moved that stands right.
  if (wanted.some((element, n) => there[n] !== element)) for (const element of wanted) home?.append(element);
}

const source = new EventSource('events');
source.addEventListener('open', () => say('connection', 'Live: it changes as the run goes.'));
source.addEventListener('error', () => say('connection', ELSEWHERE));
source.addEventListener('change', ({ data }) => {
  const { title, told, keys, parts, next }: LiveChange = JSON.parse(data);
  document.title = `${title} · eqprop`;
  for (const key of keys) if (parts[key]) show(key, parts[key]);
  arrange(keys);
  say('told', told);
  if (next === undefined) return;
  source.close();
  location.replace(next);
});
whenRecoloured(() => {
  for (const { plots } of shown.values()) for (const plot of plots.values()) plot.redraw();
});
