/** Rows to be predicted: from files and from lines as they come, with a class or without. */
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Reading } from '#host/data/index';
import { type FeatureRow, featureRows } from '#host/data/readers/feature-rows';
import { refusal, room } from './folder.js';

const { write, path } = room();

async function all(source: string | Readable, reading: Reading = {}, width = 3): Promise<FeatureRow[]> {
  const rows: FeatureRow[] = [];
  for await (const row of featureRows(source, { reading, features: width })) rows.push(row);
  return rows;
}

/** As `line: features label`. */
const brief = (rows: readonly FeatureRow[]) =>
  rows.map(({ line, features, label }) => [`${line}:`, ...features, ...(label ? [label] : [])].join(' '));

/** The same text as a file and as a stream, cut at its worst. */
const both = (text: string): readonly (readonly [string, string | Readable])[] => [
  ['a file', write('rows.csv', text)],
  ['a stream', Readable.from([...text].map((sign) => Buffer.from(sign)))],
];

describe('rows', () => {
  test.each<[string, string, Reading, readonly string[]]>([
    ['with a header and no class', 'ax,ay,az\n1,2,3\n-4,5e1,.5\n', {}, ['2: 1 2 3', '3: -4 50 0.5']],
    ['with neither', '1,2,3\n4,5,6', {}, ['1: 1 2 3', '2: 4 5 6']],
    ['with a class that was named', 'kind,ax,ay,az\na,1,2,3\n', { labelColumn: 'kind' }, ['2: 1 2 3 a']],
    ['without the one that was named', 'ax,ay,az\n1,2,3\n', { labelColumn: 'kind' }, ['2: 1 2 3']],
    ['with a class of the usual name', 'label,ax,ay,az\n7,1,2,3\n', {}, ['2: 1 2 3 7']],
    ['with features of such a name', 'x,y,z\n1,2,3\n', {}, ['2: 1 2 3']],
    ['with a class of words', '1,2,3,a\n4,5,6,b\n', {}, ['1: 1 2 3 a', '2: 4 5 6 b']],
    ['with a class not told in one row', 'x,y,z,label\n1,2,3,a\n4,5,6,\n', {}, ['2: 1 2 3 a', '3: 4 5 6']],
    [
      'with columns that were left out',
      'time,ax,who,ay,az,label\n9,1,me,2,3,a\n',
      { ignore: ['time', 'gone'], groupColumn: 'who' },
      ['2: 1 2 3 a'],
    ],
    ['with the group of a capture', 'label,group,c0t0,ay,az\n7,9,1,2,3\n', {}, ['2: 1 2 3 7']],
    [
      'by number, where a class is there',
      '9,1,2,3\n8,4,5,6\n',
      { labelColumn: '1' },
      ['1: 1 2 3 9', '2: 4 5 6 8'],
    ],
    ['by number, where none is', '1,2,3\n4,5,6\n', { labelColumn: '1' }, ['1: 1 2 3', '2: 4 5 6']],
    ['with decimal commas', 'ax;ay;az\n1,5;2;3\n4;5,25;6\n', {}, ['2: 1.5 2 3', '3: 4 5.25 6']],
    ['as editors leave them', '\ufeffax\tay\taz\r\n1\t2\t3\r\n\r\n4\t5\t6\r\n', {}, ['2: 1 2 3', '4: 4 5 6']],
    ['with quotes', '"ax","ay","az","label"\n1,2,3,"a, b"\n', {}, ['2: 1 2 3 a, b']],
  ])('%s', async (_, text, reading, expected) => {
    for (const [name, source] of both(text))
      expect([name, ...brief(await all(source, reading))]).toEqual([name, ...expected]);
  });

  test('are answered line by line', async () => {
    const stream = new PassThrough();
    const rows = featureRows(stream, { reading: {}, features: 2 });
    for (const n of [1, 2, 3]) {
      stream.write(`${n},${n + 1}\n`);
      const { value } = await rows.next();
      expect(brief([value as FeatureRow])).toEqual([`${n}: ${n} ${n + 1}`]);
    }
    stream.end('4,5');
    expect(brief([(await rows.next()).value as FeatureRow])).toEqual(['4: 4 5']);
    expect(await rows.next()).toMatchObject({ done: true });
  });

  test('may be of one feature', async () => {
    for (const [, source] of both('1\n2.5\n'))
      expect(brief(await all(source, {}, 1))).toEqual(['1: 1', '2: 2.5']);
    for (const [, source] of both('t,label\n1,a\n'))
      expect(brief(await all(source, {}, 1))).toEqual(['2: 1 a']);
  });

  test('may be none', async () => {
    expect(await all(Readable.from([]))).toEqual([]);
    expect(await all(Readable.from(['ax,ay,az\n']))).toEqual([]);
  });
});

test.each<[string, string, RegExp]>([
  ['a missing value', 'ax,ay,az\n1,2,3\n1,,3\n', /line 3, column ay: the value is missing/],
  ['text', 'ax,ay,az\n1,2,3\n1,2,x3\n', /line 3, column az: 'x3' is no number/],
  ['what is beyond numbers', '1,2,3\n1,2,1e999\n', /line 2, column 3: '1e999' is no number/],
  ['a short row', 'ax,ay,az\n1,2,3\n1,2\n', /line 3: .*(2 columns, the first row has 3|got 2)/],
  ['too few columns', 'ax,ay\n1,2\n', /has 2 columns of features, the model takes 3; give the columns/],
  [
    'too many',
    'a,b,c,d,label\n1,2,3,4,x\n',
    /has 4 columns of features beside 1 that are none, the model takes 3/,
  ],
  ['too few beside the class', '1,2,a\n', /has 3 columns|line 1, column 3: 'a' is no number/],
  ['a quote that never ends', '1,2,3\n1,"2,3\n', /line [23]: .*[Qq]uote/],
])('%s is told with its place', async (_, text, told) => {
  for (const [, source] of both(text)) expect(await refusal(all(source))).toMatch(told);
});

test('a file that is not there, or none, is told', async () => {
  expect(await refusal(all(path()))).toMatch(/could not be read: .*; check the path/);
  expect(await refusal(all(path('nowhere.csv')))).toMatch(/there is no file .*nowhere\.csv; check the path/);
});
