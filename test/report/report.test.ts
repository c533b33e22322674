import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Chart } from '#host/report/charts';
import { renderReport } from '#host/report/report';
import { facts, fullRun, shortRun } from './run.js';

const VOID = new Set(['meta', 'br']);

/** The page without the insides of scripts and styles, which are not markup. */
function markup(page: string): string {
  return page.replace(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>');
}

/** Throws where elements do not nest; returns the names of all. */
function elements(page: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, closing, name] of markup(page).matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^>]*)?>/g)) {
    if (closing) expect(open.pop()).toBe(name);
    else {
      names.push(name);
      if (!VOID.has(name)) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return names;
}

function charts(page: string): Chart[] {
  const match = /<script type="application\/json" id="charts">([\s\S]*?)<\/script>/.exec(page);
  return match ? (JSON.parse(match[1]) as Chart[]) : [];
}

const sections = (page: string) => [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);

describe('a full report', () => {
  const page = renderReport(fullRun);

  it('is well-formed and has every section', () => {
    const names = elements(page);
    expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(names.filter((name) => name === 'h1')).toHaveLength(1);
    expect(sections(page)).toEqual([
      'result',
      'learning',
      'divergence',
      'relaxation',
      'parameters',
      'receptive-fields',
      'mistakes',
      'run',
    ]);
  });

  it('loads nothing from outside', () => {
    const outside = markup(page);
    expect(outside).not.toMatch(/\s(src|href|srcset|action|data)=/);
    expect(outside).not.toMatch(/<(link|iframe|img|object|embed|base)\b/);
    for (const [, target] of page.matchAll(/url\(([^)]{0,40})/g)) expect(target).toMatch(/^data:image\/png;/);
    expect(page).not.toMatch(/@import|\bfetch\(|XMLHttpRequest|\bimport\s*\(|^\s*import\s/m);
    expect(page).toContain('content="default-src &#39;none&#39;;');
  });

  it('holds a place for every chart it holds data of', () => {
    const places = [...page.matchAll(/data-chart="(\d+)"/g)].map(([, id]) => Number(id));
    const data = charts(page);
    expect(places).toEqual(data.map((_, id) => id));
    for (const { x, series } of data) for (const { values } of series) expect(values).toHaveLength(x.length);
  });

  it('writes what its charts show as everything else is written', () => {
    const [, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(page) ?? [];
    const drawn: {
      readonly axes: { readonly values: (plot: unknown, splits: readonly number[]) => string[] }[];
    }[] = [];
    const place = { dataset: { chart: '0' }, clientWidth: 500 };
    runInNewContext(script.replace(/^export /gm, ''), {
      document: {
        getElementById: () => ({ textContent: JSON.stringify(charts(page)) }),
        querySelectorAll: () => [place],
      },
      getComputedStyle: () => ({ getPropertyValue: () => '' }),
      matchMedia: () => ({ addEventListener: () => {} }),
      ResizeObserver: class {
        observe() {}
      },
      uPlot: class {
        constructor(options: (typeof drawn)[number]) {
          drawn.push(options);
        }
      },
    });
    const [{ axes }] = drawn;
    expect(axes.map(({ values }) => values(undefined, [0.1, 1000]))).toEqual([
      ['0.1', '1,000'],
      ['10 %', '100,000 %'],
    ]);
  });

  it('marks 2⁻¹² and leaves what a logarithm cannot show out', () => {
    const distance = charts(page).find(({ marks }) => marks?.some(({ axis }) => axis === 'y'));
    expect(distance?.marks).toEqual([{ axis: 'y', at: 2 ** -12, label: '2⁻¹²' }]);
    expect(distance?.series[0].values).toEqual([null, 0.001, 0.001]);
  });

  it('says the headline numbers with the reference beside them', () => {
    expect(page).toContain('9.51 %');
    expect(page).toContain('reference 9.48 % <span class="delta">(+0.03)</span>');
    expect(page).toContain('reference 11.00 % <span class="delta">(−1.00)</span>');
    expect(page).toContain('10 of 10');
    expect(page).toContain('all equal');
  });

  it('writes the confusion matrix and the captions of the mistakes', () => {
    expect(page).toContain('<td class="right">1,200</td>');
    expect(page).toContain('test example 77: ring, taken for dot');
  });

  it('warns of drives that can wrap', () => {
    expect(page).toMatch(/class="meter over"><span style="--share:100%"><\/span>110 %/);
  });
});

describe('a short run', () => {
  it('leaves out what it has no data for', () => {
    const page = renderReport(shortRun);
    elements(page);
    expect(sections(page)).toEqual(['result', 'learning', 'run']);
    expect(charts(page)).toEqual([]);
    expect(markup(page)).not.toContain('<script');
    expect(page).toContain('<td>10.00 %</td>');
    expect(page).not.toContain('undefined');
    expect(page).not.toContain('NaN');
  });

  it('does without a single epoch', () => {
    const page = renderReport({ ...shortRun, epochs: [], headline: {} });
    expect(sections(page)).toEqual(['result', 'run']);
  });

  it('shows a difference from the twin as one', () => {
    const page = renderReport({ ...shortRun, checks: { repliesEqual: 4, replies: 5, referenceSteps: 0 } });
    expect(page).toMatch(/class="card bad"[\s\S]*1 differ/);
  });

  it('tells when it was written and how long the run learnt, as no one knows when it was left alone', () => {
    const page = renderReport(fullRun);
    expect(page).toContain('<dt>report written</dt><dd>2025-03-01 14:05 UTC</dd>');
    expect(page).toContain('<dt>time in all</dt><dd>2 min 00 s</dd>');
    expect(page).not.toMatch(/<dt>(started|finished)/);
  });
});

describe('hostile text', () => {
  const hostile = `"></script><script>alert('1')</script><img src=x onerror=a>&`;

  it('stays text wherever it is put', () => {
    const page = renderReport({
      ...fullRun,
      facts: {
        ...facts,
        network: hostile,
        preset: hostile,
        dataset: hostile,
        device: hostile,
        relaxation: hostile,
        written: hostile,
        kernelHash: hostile,
      },
      weights: [{ ...fullRun.weights[0], name: hostile, format: hostile }],
      drives: [{ layer: hostile, bound: 1, range: 2 }],
    });
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img');
    const count = (text: string) => renderReport(fullRun).split(text).length;
    expect(page.split('<script').length).toBe(count('<script'));
    expect(page.split('</script').length).toBe(count('</script'));
    elements(page);
    expect(page).toContain('&quot;&gt;&lt;/script&gt;&lt;script&gt;alert(&#39;1&#39;)');
  });
});

it('tells first of signs that a run does not learn, as text', () => {
  const [seen, cause, remedy] = ['one & all', 'a < b', '--rates 0.1'];
  const page = renderReport({ ...shortRun, symptoms: [{ step: 1200, seen, cause, remedy }] });
  elements(page);
  expect(sections(page)[0]).toBe('symptoms');
  expect(page).toContain(
    '<strong>One &amp; all.</strong> The cause: a &lt; b. Try <code>--rates 0.1</code>.',
  );
  expect(page).toContain('Seen at minibatch 1,200.');
  expect(sections(renderReport({ ...shortRun, symptoms: [] }))).not.toContain('symptoms');
});
