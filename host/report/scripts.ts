/** Scripts of a page with charts, beside its markup: the chart library, and those that are compiled with the rest. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function chartLibrary(file: 'uPlot.iife.min.js' | 'uPlot.min.css'): string {
  return readFileSync(require.resolve(`uplot/dist/${file}`), 'utf8');
}

export function chartStyle(): string {
  return chartLibrary('uPlot.min.css');
}

export function chartScript(): string {
  return chartLibrary('uPlot.iife.min.js');
}

/** One module of all: they write their numbers by the notation, and share the plots. */
export function pageScript(page: 'page' | 'live-page'): string {
  return ['../ground/notation.js', './plots.js', `./${page}.js`]
    .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'))
    .join('');
}
