import { describe, expect, test } from 'vitest';
import { judge } from '#host/comparison/advice';
import { toCsv } from '#host/comparison/csv';
import { linearScale, logarithmicScale } from '#host/drawing/index';
import type { ErrorSources, Group } from '#host/report/index';
import { comparisonFigures, renderComparison } from '#host/report/index';
import { comparison, finishedCell, group, validated } from './groups.js';

const sources: ErrorSources = { relaxation: 0.01, contrast: 0.02, update: 0.5, all: 0.51 };

const small: Group = group('Q1.14', 1000, [4, 6], {
  onFront: true,
  weightFraction: '14',
  stateFraction: '12',
  sources: { initial: sources, final: { ...sources, update: 2 } },
  cells: [4, 6].map((error, n) => ({
    ...finishedCell(n + 1, error),
    trainingError: error - 1,
    referenceTestError: 4.5,
    lostUpdates: 0.25,
    epochs: [
      { epoch: 1, trainingError: 9 },
      { epoch: 2, trainingError: error - 1 },
    ],
  })),
  gap: { mean: 0.5, count: 2, deviation: 1, halfWidth: 9 },
});
const large: Group = group('Q2.13', 2000, [3], {
  onFront: true,
  weightFraction: '13',
  stateFraction: '12',
});
const broken: Group = group('Q9.6', 1000, [], {
  cells: [{ id: 'w-Q9.6_seed-1', seed: 1, state: 'impossible', reason: 'it is, "so", <b>', epochs: [] }],
});
const groups = [small, large, broken];
const { advice } = judge(groups, 0.25);
const data = comparison(groups, { ...(advice && { advice }) });

test('CSV, by hand', () => {
  const rows = toCsv(data).split('\r\n');
  expect(rows).toHaveLength(1 + 3 + 4 + 1);
  const head = rows[0].split(',');
  const column = (row: number, name: string) => rows[row].split(',')[head.indexOf(name)];
  expect(new Set(head).size).toBe(head.length);
  expect(rows[1]).toBe(
    'group,Q1.14,,2 of 2 finished,,784-8-10,Q1.14,Q3.12,stochastic,exact,weights=Q1.14,16,1000,pico,1,2,,,,' +
      ',,,5,1.4142136,12.706205,,,,,,,,,,,,,,,,,,,0.5,1,9,0.01,0.02,0.5,0.51,0.01,0.02,2,0.51',
  );
  expect(rows[2]).toBe(
    'cell,Q1.14,1,finished,,784-8-10,Q1.14,Q3.12,stochastic,exact,weights=Q1.14,16,1000,pico,,1,,,,' +
      '3,,,4,,,,,,,,,,,,,,,0.25,,,,,,-0.5,,,,,,,,,,',
  );
  expect(column(4, 'test_error_percent')).toBe('3');
  expect(column(4, 'test_error_percent_ci95')).toBe('');
  expect(rows[7]).toContain('cell,Q9.6,1,impossible,"it is, ""so"", <b>",784-8-10');
});

test('an error relative to no update is told as nothing, in CSV and figure', () => {
  const none: ErrorSources = { relaxation: null, contrast: null, update: null, all: null };
  const idle = { ...small, sources: { initial: none, final: { ...sources, all: null } } };
  const [head, row] = toCsv(comparison([idle])).split('\r\n');
  const field = (name: string) => row.split(',')[head.split(',').indexOf(name)];
  expect(field('update_error_initial_all')).toBe('');
  expect(field('update_error_final_update')).toBe('0.5');
  const figures = comparisonFigures(comparison([idle, large]));
  expect(figures.map(({ name }) => name)).not.toContain('error-sources-initial');
  const last = figures.find(({ name }) => name === 'error-sources-last')?.file;
  expect(last).toContain('all rounded: –</title>');
  expect(last).not.toMatch(/NaN|Infinity|: 0 %/);
});

test('validation errors are a column where there are any', () => {
  const cells = [{ ...finishedCell(1, 4), validationError: 4.25 }];
  const validated = comparison([
    group('Q1.14', 1000, [4], { cells, validationError: { mean: 4.25, count: 1 } }),
  ]);
  const [head, first, second] = toCsv(validated).split('\r\n');
  const column = head.split(',').indexOf('validation_error_percent');
  expect([first, second].map((row) => row.split(',')[column])).toEqual(['4.25', '4.25']);
  expect(renderComparison(validated)).toContain('<th scope="col">validation error</th>');
  expect(renderComparison(data)).not.toContain('<th scope="col">validation error</th>');
});

test('whole numbers are in the CSV as they are', () => {
  const seed = 4_294_967_295;
  const bytes = 123_456_789;
  const one = group('Q1.14', bytes, [4], { cells: [finishedCell(seed, 4)] });
  expect(toCsv(comparison([one])).split('\r\n')[2]).toMatch(new RegExp(`^cell,Q1.14,${seed},.*,${bytes},`));
});

test('a map of formats: single numbers first, then those of several connections; what was not run is a dash', () => {
  const of = (weights: string, states: string, error: number, bits: number) =>
    group(`${weights} ${states}`, 100 * bits, [error], {
      weightFraction: weights,
      stateFraction: states,
      bits,
    });
  const map = comparisonFigures(
    comparison([
      of('14,12', '12', 3.5, 16),
      of('5,7', '12', 9.5, 8),
      of('24', '18', 2.5, 32),
      of('7', '12', 8.5, 8),
    ]),
  ).find(({ name }) => name === 'formats');
  const texts = [...(map?.file.matchAll(/<text[^>]*>([^<]*)</g) ?? [])].map(([, text]) => text);
  expect(texts).toEqual([
    'fractional bits of weights ↓',
    ...['7', '24', '5,7', '14,12'],
    ...['8.50', '–', '–', '2.50', '9.50', '–', '3.50', '–'],
    ...['12', '18'],
    'fractional bits of states →',
  ]);
});

test('every row of the CSV has as many fields as the head', () => {
  for (const row of toCsv(comparison([small, large]))
    .trimEnd()
    .split('\r\n'))
    expect(row.split(',')).toHaveLength(toCsv(data).split('\r\n')[0].split(',').length);
});

describe('the page', () => {
  const page = renderComparison(data);

  /** The page of two whose validation errors are those, of seeds 1, 2, … */
  const pageOf = (...errors: readonly (readonly number[])[]) => {
    const measured = errors.map((each, n) => validated(`Q${n + 1}.${14 - n}`, 300 - n, each));
    const judgement = judge(measured, 0.25);
    const judged = measured.map((one) => {
      const aboveBest = judgement.aboveBest.get(one.id);
      return { ...one, ...(aboveBest && { aboveBest }) };
    });
    const found = {
      measure: 'validationError',
      ...(judgement.advice && { advice: judgement.advice }),
    } as const;
    const shown = comparison(judged, { ...found, heldOut: '250..300' });
    return { page: renderComparison(shown), csv: toCsv(shown) };
  };

  test('says the advice first, and the rule', () => {
    const { page: decided, csv } = pageOf([4, 5, 6], [4.01, 5.02, 6]);
    expect(decided).toMatch(
      /<div class="advice"><strong>784-8-10 on pico: i16 Q2\.13, [^<]*5\.00 ± 0\.00 % test error/,
    );
    expect(decided.indexOf('class="advice"')).toBeLessThan(decided.indexOf('<svg'));
    expect(decided).toContain('Chosen on validation images: the fewest bytes');
    expect(decided).toContain('validated on images 250..300');
    expect(decided).toMatch(/<td>0\.00 to 0\.03<\/td><td>not worse<\/td>/);
    // Differences 0.01, 0.02, 0: 0.01 + 4.3027 · 0.01 / √3.
    expect(csv.split('\r\n')[5]).toContain(',0,0.034841377,not worse,');
  });

  test('says in words and in no colour that the seeds cannot tell', () => {
    const { page: undecided } = pageOf([20, 20], [20.0649, 13.5751]);
    expect(undecided).toContain('<div class="advice none"><strong>Cannot tell which is best.</strong>');
    expect(undecided).toContain('<td>0.00 to 38.05</td><td>cannot tell</td>');
    expect(undecided).not.toMatch(/class="(advice|advised)"/);
    expect(undecided).toContain('more seeds would decide');
  });

  test('compares by validation where there is any: the figures too', () => {
    const { page: compared } = pageOf([20, 20], [19.9, 13.7]);
    expect(compared).toContain('>validation error, %<');
    expect(compared).not.toContain('>test error, %<');
    expect(page).toContain('>test error, %<');
  });

  test('is well-formed, loads nothing, and has every drawing inside', () => {
    const markup = page.replace(/<style>[\s\S]*?<\/style>/g, '');
    const open: string[] = [];
    const elements = markup.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^>]*?)?)(\/?)>/g);
    for (const [, closing, name, , empty] of elements) {
      if (closing) expect(open.pop()).toBe(name);
      else if (!empty && name !== 'meta') open.push(name);
    }
    expect(open).toEqual([]);
    expect(markup).not.toMatch(/\s(src|href)=|<script|<img|url\(/);
    expect(markup.match(/<svg class="drawing"/g)).toHaveLength(comparisonFigures(data).length);
    expect(markup).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('shows cells that were not run with their reasons, escaped', () => {
    expect(page).toContain('it is, &quot;so&quot;, &lt;b&gt;');
  });

  test('needs no result at all', () => {
    const nothing = renderComparison(comparison([broken], { complete: false }));
    expect(nothing).toContain('No cell has finished.');
    expect(nothing).not.toMatch(/<svg|NaN|undefined/);
  });
});

test('figures are files of their own, named', () => {
  const figures = comparisonFigures(data);
  expect(figures.map(({ name }) => name)).toEqual([
    'accuracy-memory',
    'formats',
    'training-error',
    'error-sources-last',
    'error-sources-initial',
  ]);
  for (const { file } of figures) {
    expect(file).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(file).toMatch(/<style>[\s\S]*<\/style>[\s\S]*<\/svg>\n$/);
    expect(file).not.toMatch(/NaN|Infinity|undefined/);
  }
});

describe('axes', () => {
  test('linear: round numbers, inside the ends', () => {
    const scale = linearScale([0, 10], [0, 100], 5, true);
    expect(scale.ticks).toEqual([0, 2.5, 5, 7.5, 10]);
    expect(scale.place(0)).toBe(0);
  });

  test('logarithmic: decades, or halves and fifths; never bare', () => {
    expect(logarithmicScale([1, 1e6], [0, 1]).ticks).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6]);
    expect(logarithmicScale([40, 110], [0, 1]).ticks).toEqual([50, 100]);
    expect(logarithmicScale([32_584], [0, 1]).ticks.length).toBeGreaterThan(1);
  });

  test('of equal values they still have a width', () => {
    const { ticks, place } = linearScale([3, 3], [0, 100]);
    expect(ticks.length).toBeGreaterThan(1);
    expect(place(3)).toBeCloseTo(50, 6);
  });
});
