import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dataSetOf, loadDataset, type Reading } from '#host/data/index';
import { parseCsv, readCsv } from '#host/data/readers/csv';
import { refusal, room } from './folder.js';

const { write, path } = room();
let files = 0;
const file = (content: string | Uint8Array) => write(`table-${files++}.csv`, content);
/** Reads a file, and its bytes too: that comes to the same table, or to the same refusal. */
const read = async (content: string | Uint8Array, reading: Reading = {}) => {
  const name = file(content);
  const ways = [readCsv(name, reading), parseCsv(name, readFileSync(name), reading)];
  const [{ value, reason }, other] = (await Promise.allSettled(ways)).map((way) => ({
    value: way.status === 'fulfilled' ? way.value : undefined,
    reason: way.status === 'rejected' ? way.reason : undefined,
  }));
  expect(String(other.reason)).toBe(String(reason));
  if (!value) throw reason;
  const { nameOf, ...table } = value;
  expect(other.value).toMatchObject(table);
  expect(other.value?.nameOf(0)).toBe(nameOf(0));
  return value;
};
const words = ({ codes, names }: { codes: Uint32Array; names: readonly string[] }) =>
  Array.from(codes, (code) => names[code]);

describe('a CSV file', () => {
  const table = { columns: ['ax', 'ay'], features: [1.5, -2, 3, 0.25], labels: ['wave', 'tap'] };

  test.each([
    ['commas', 'ax,ay,label\n1.5,-2,wave\n3,.25,tap\n'],
    ['semicolons', 'ax;ay;label\n1.5;-2;wave\n3;0.25;tap'],
    ['tabs', 'ax\tay\tlabel\r\n1.5\t-2\twave\r\n3\t2.5e-1\ttap\r\n'],
    ['decimal commas', 'ax;ay;label\n1,5;-2;wave\n3;0,25;tap\n'],
    ['decimal commas and tabs', 'ax\tay\tlabel\n1,5\t-2\twave\n3\t0,25\ttap\n'],
    ['a byte order mark, quotes and empty lines', '\ufeff"ax","ay","label"\n\n1.5,-2,"wave"\n3,0.25,tap\n\n'],
    ['UTF-16', Buffer.from('\ufeffax,ay,label\n1.5,-2,wave\n3,0.25,tap\n', 'utf16le')],
    ['the label first, and spaces', 'label, ax, ay\nwave, 1.5, -2\ntap, 3, 0.25\n'],
    ['the class by another usual name', 'ax,Class,ay\n1.5,wave,-2\n3,tap,0.25\n'],
    ['the class as the last column of text', 'ax,ay,what\n1.5,-2,wave\n3,0.25,tap\n'],
  ])('with %s', async (_, content) => {
    const { columns, features, labels, count, width } = await read(content);
    expect({ columns, features: [...features], labels: words(labels) }).toEqual(table);
    expect([count, width]).toEqual([2, 2]);
  });

  test('takes none for a class like any other', async () => {
    expect(words((await read('ax,label\n1,none\n2,-\n')).labels)).toEqual(['none', '-']);
  });

  test('without a header has columns by number', async () => {
    const { columns, features, labels } = await read('1.5,-2,wave\n3,0.25,tap\n');
    expect({ columns, features: [...features], labels: words(labels) }).toEqual({
      ...table,
      columns: ['1', '2'],
    });
    const numbers = await read('1,2,3\n4,5,6\n', { labelColumn: '1' });
    expect([words(numbers.labels), [...numbers.features]]).toEqual([
      ['1', '4'],
      [2, 3, 5, 6],
    ]);
  });

  test('with numbers for names, as pictures have, has a header where another column has a name', async () => {
    expect((await read('label,0,1\n3,7,8\n4,9,10\n')).columns).toEqual(['0', '1']);
  });

  test('whose rows are numbered in a column without a name tells so, and leaves it out by number', async () => {
    const content = ',0,1,label\n0,7,8,a\n1,9,10,b\n';
    const { columns, notes } = await read(content);
    expect(columns).toEqual(['unnamed 1', '0', '1']);
    expect(notes).toEqual([expect.stringMatching(/leave it out with --ignore 'unnamed 1'$/)]);
    const named = await read(content, { ignore: ['unnamed 1'] });
    expect([named.columns, named.notes]).toEqual([['0', '1'], undefined]);
  });

  test('leaves columns out, and keeps groups apart', async () => {
    const { columns, groups } = await read('time,person,ax,label\nnoon,ann,1,a\nnight,bob,2,b\n', {
      ignore: ['time'],
      groupColumn: 'person',
    });
    expect(columns).toEqual(['ax']);
    expect(groups && words(groups)).toEqual(['ann', 'bob']);
  });

  test('as capture writes it with groups, which are kept apart unless the words say otherwise', async () => {
    const content = 'label,group,c0t0,c0t1\nwave,1,5,6\nidle,2,7,8\n';
    const asked = async (reading: Parameters<typeof read>[1]) => {
      const { columns, groups } = await read(content, reading);
      return [columns, groups && words(groups)];
    };
    const features = ['c0t0', 'c0t1'];
    expect(await asked({})).toEqual([features, ['1', '2']]);
    expect(await asked({ split: 'last' })).toEqual([features, undefined]);
    expect(await asked({ ignore: ['group'] })).toEqual([features, undefined]);
    expect(await asked({ groupColumn: 'c0t1' })).toEqual([
      ['group', 'c0t0'],
      ['6', '8'],
    ]);
    const ofOne = await read('label,group,c0t0\nwave,ann,5\nidle,ann,7\n');
    expect([ofOne.columns, ofOne.groups]).toEqual([['c0t0'], undefined]);
    // A column of that name in other files is what it was.
    expect((await read('label,group,ax\na,1,5\nb,2,7\n')).columns).toEqual(['group', 'ax']);
  });

  test('of more rows than are held at a time is whole, and each row knows its line', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `${n},${-n},${n % 3 === 0 ? 'a' : 'b'}`);
    const { count, features, labels, nameOf } = await read(`x,z,label\n${rows.join('\n')}\n`);
    expect(count).toBe(5000);
    expect([...features].every((value, at) => value === (at % 2 === 0 ? at / 2 : -(at - 1) / 2))).toBe(true);
    expect(labels.codes.every((code, n) => code === Number(n % 3 !== 0))).toBe(true);
    expect([nameOf(0), nameOf(4999)]).toEqual(['line 2', 'line 5001']);
  });
});

describe('what is no example is told by file, line and column', () => {
  test.each<[string, string, Reading, RegExp]>([
    [
      'a missing value',
      'ax,ay,label\n1,2,a\n1,,b\n',
      {},
      /line 3, column ay: the value is missing; .*--ignore ay/,
    ],
    ['NA', 'ax,ay,label\n1,2,a\nNA,2,b\n', {}, /line 3, column ax: the value is missing/],
    [
      'a missing label',
      'ax,ay,label\n1,2,a\n1,2,\n',
      {},
      /line 3, column label: the value is missing; .*needs its class/,
    ],
    ['text', 'ax,ay,label\n1,2,a\n1,2,b\n1,2o,b\n', {}, /line 4, column ay: '2o' is no number; mend it/],
    ['infinity', 'ax,label\n1,a\nInfinity,b\n', {}, /line 3, column ax: 'Infinity' is no number/],
    [
      'text all over',
      'who,ax,label\nann,2,a\n',
      {},
      /line 2, column who: 'ann' is no number; .*--group-column/,
    ],
    [
      'thousands beside decimals',
      'a;b;label\n1.5;2;x\n1,234;2;y\n',
      {},
      /line 3, column a: '1,234' is no number/,
    ],
    ['a short row', 'ax,ay,label\n1,2,a\n1,b\n', {}, /line 3: .*; every row has as many columns/],
    ['an open quote', 'ax,label\n1,a\n2,"b\n', {}, /line \d+: .*Quote/],
    [
      'no class',
      'ax,ay\n1,2\n3,4\n',
      {},
      /does not tell which column is the class; .*--label-column: 'ax', 'ay'/,
    ],
    [
      'another name',
      'ax,gesture\n1,a\n',
      { labelColumn: 'gestur' },
      /no column 'gestur', which --label-column names; did you mean 'gesture'/,
    ],
    [
      'no such name',
      'ax,gesture\n1,a\n',
      { ignore: ['timestamp'] },
      /no column 'timestamp', which --ignore names; its columns are 'ax', 'gesture'/,
    ],
    ['twice a name', 'ax,ax,label\n1,2,a\n', {}, /two columns named 'ax'/],
    ['no feature', 'ax,label\n1,a\n', { ignore: ['ax'] }, /no column left for a feature/],
    [
      'a class that is a group',
      'ax,label\n1,a\n',
      { labelColumn: 'label', groupColumn: 'label' },
      /both class and group/,
    ],
    ['a header alone', 'ax,label\n', {}, /a header and no rows/],
    ['nothing', '', {}, /is empty/],
    ['no table', 'once upon a time\nthere was a file\n', {}, /is no table/],
  ])('%s', async (_, content, reading, told) => {
    const name = `table-${files}.csv`;
    const said = await refusal(read(content, reading));
    expect(said).toMatch(told);
    if (!/both class/.test(said)) expect(said).toContain(name);
  });

  test('no file', async () => {
    expect(await refusal(loadDataset(path('absent.csv')))).toMatch(/there is no file .*absent\.csv/);
  });
});

test('a file is never in memory as text: 96 MB are read where 32 MB of heap are all there is', {
  timeout: 120_000,
}, () => {
  const large = path('large.csv');
  const handle = openSync(large, 'w');
  // The text of a row is long, its number short.
  const row = `${'0'.repeat(3000)}1,0,wave\n`;
  const rows = row.repeat(1000);
  writeSync(handle, 'a,b,label\n');
  for (let n = 0; n < 32; n++) writeSync(handle, rows);
  closeSync(handle);
  const program = `
    const { readCsv } = await import(${JSON.stringify(new URL('../../dist/host/data/readers/csv.js', import.meta.url).href)});
    const { count, features } = await readCsv(${JSON.stringify(large)}, {});
    process.stdout.write(count + ' ' + features.reduce((sum, value) => sum + value, 0));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=32', '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).toBe('32000 32000');
});

test('bytes are read as their name tells', async () => {
  const text = `x,y,label\n${Array.from({ length: 20 }, (_, n) => `${n},${n % 3},${n % 2 ? 'a' : 'b'}`).join('\n')}\n`;
  const { origin, ...dataset } = await loadDataset(write('named.csv', text));
  expect(await dataSetOf('named.csv', Buffer.from(text))).toEqual(dataset);
  expect(await refusal(dataSetOf('named.xlsx', Buffer.from(text)))).toMatch(
    /^named\.xlsx is no file whose form its name tells; give a \.csv/,
  );
});
