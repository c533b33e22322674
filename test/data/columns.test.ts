/** Columns in another order, under other names, and beside others: right values in each, or a word why not. */
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { loadDataset, loadSet, preparationOf } from '#host/data/index';
import { type FeatureRow, featureRows } from '#host/data/readers/feature-rows';
import { refusal, room } from './folder.js';

const { write } = room();

const rows = Array.from({ length: 10 }, (_, n) => [n % 2 ? 'up' : 'down', n, 10 * n, -n, 1000 + n]);
const names = ['kind', 'time', 'ax', 'ay', 'az'];
/** The table with these columns, in this order; what the table does not have is a 5. */
const table = (columns: readonly string[]) =>
  [columns, ...rows.map((row) => columns.map((name) => row[names.indexOf(name)] ?? 5))]
    .map((row) => row.join())
    .join('\n');
const known = ['ax', 'ay', 'az'];
const reading = { ignore: ['time'] };

describe('columns', () => {
  test.each([
    ['permuted', ['az', 'ay', 'time', 'kind', 'ax']],
    ['without what is ignored', ['kind', 'az', 'ax', 'ay']],
  ])('%s are the same data', async (_, columns) => {
    const whole = await loadDataset(write('gone.csv', table(names)), reading);
    expect(whole.columnNames).toEqual(known);
    const file = write('other.csv', table(columns));
    const note = `the columns of ${file} stand in another order than was trained on: they are taken by their names`;
    const again = await loadDataset(file, reading, whole);
    expect(again.notes).toContain(note);
    const { name: _n, origin: _o, notes: _s, ...same } = whole;
    expect(again).toMatchObject(same);
    const set = await loadSet('test', file, { ...reading, groupColumn: 'time' }, preparationOf(whole));
    const own = await loadSet('test', write('own.csv', table(names)), reading, preparationOf(whole));
    expect(set.samples).toEqual(own.samples);
    expect([set.notes, own.notes]).toEqual([[note], undefined]);
    const test = await loadDataset(write('train.csv', table(known.concat('kind'))), { test: own_(columns) });
    expect(test.test.images).toEqual(own.samples.images);
    function own_(some: readonly string[]) {
      return write('kept.csv', table(some.filter((one) => one !== 'time')));
    }
  });

  test.each<[string, readonly string[], RegExp]>([
    ['renamed', ['kind', 'ax', 'ay', 'a_z'], /not in \S+bad\.csv: 'az'; did you mean 'az' by 'a_z'\?/],
    ['missing', ['kind', 'ax'], /not in \S+bad\.csv: 'ay', 'az'; give all of them, in any order/],
    ['more', ['kind', 'ax', 'ay', 'az', 'gx'], /has columns that were not trained on: 'gx'; take them out/],
  ])('%s are refused', async (_, columns, told) => {
    const text = table(columns);
    const file = write('bad.csv', text);
    expect(await refusal(loadDataset(file, reading, { columnNames: known }))).toMatch(told);
    expect(await refusal(all(file))).toMatch(told);
    expect(await refusal(all(Readable.from([text])))).toMatch(
      new RegExp(told.source.replace('\\S+bad\\.csv', 'standard input')),
    );
  });

  test('twice there are refused of rows too', async () => {
    expect(await refusal(all(Readable.from(['ax,ax,ay,az\n1,2,3,4\n'])))).toMatch(/two columns named 'ax'/);
  });

  test('a feature by a usual name of classes is no class where it was trained on', async () => {
    const found = await all(Readable.from(['y,x,kind\n1,2,a\n']), ['x', 'y']);
    expect(found.rows).toEqual([{ line: 2, features: Float64Array.of(2, 1), label: 'a' }]);
  });

  test('without a header are taken in the order that was trained on, and told so', async () => {
    const { rows: found, notes } = await all(Readable.from(['1,2,3\n']));
    expect(found.map(({ features }) => [...features])).toEqual([[1, 2, 3]]);
    expect(notes).toEqual([
      'standard input has no header: its columns are taken in the order that was trained on',
    ]);
  });
});

describe('rows in another order', () => {
  test('are put in order, and told once', async () => {
    for (const source of [write('rows.csv', table(names)), Readable.from([table(names)])]) {
      const { rows: found, notes } = await all(source, ['az', 'ax', 'ay']);
      expect(found.slice(0, 2).map(({ features, label }) => [...features, label])).toEqual([
        [1000, 0, 0, 'down'],
        [1001, 10, -1, 'up'],
      ]);
      expect(notes).toEqual([expect.stringMatching(/stand in another order .* taken by their names$/)]);
    }
  });
});

async function all(source: string | Readable, columnNames: readonly string[] = known) {
  const [found, notes]: [FeatureRow[], string[]] = [[], []];
  const form = { reading, features: columnNames.length, columnNames };
  for await (const row of featureRows(source, form, undefined, (note) => notes.push(note))) found.push(row);
  return { rows: found, notes };
}
