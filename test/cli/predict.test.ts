import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { toNpy } from '#host/export/index';
import { checkRecipe } from '#host/model/index';
import { easyGestures, gesturesCsv } from '../../examples/gestures.mjs';
import { room } from '../data/folder.js';
import { begin } from '../runs/runs.js';
import { smallValues } from '../runs/small-data.js';
import { jsonLines, MAIN } from './command.js';
import { eqpropHere } from './in-process.js';

const { write, path } = room();
const tested = easyGestures(2, 40);
const csv = gesturesCsv(tested);
/** The same without the class. */
const unlabelled = csv.replaceAll(/,[a-z]+$/gm, '');

let run: string;
beforeAll(async () => {
  run = path('run');
  const data = write('gestures.csv', gesturesCsv(easyGestures(1, 600)));
  const recipe = checkRecipe(
    {
      ...{ ...smallValues, network: '600-16-4', epochs: 3, rates: [0.1, 0.05] },
      ...{ training: '0..320', validation: '320..480' },
    },
    'test',
  );
  await begin({ data, reading: { shape: { channels: 6, rows: 1, columns: 50 } }, folder: run, recipe });
});

describe('predict', () => {
  test('tells a class and a score a row, and counts errors where the classes are told', async () => {
    const { code, stdout, stderr } = await eqpropHere('predict', run, write('test.csv', csv));
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(40);
    for (const row of rows) expect(row).toMatch(/^(circle|shake|tap|wave|\?)\t[01]\.\d{3}$/);
    const names = rows.map((row) => row.split('\t')[0]);
    const rejected = names.filter((name) => name === '?').length;
    const wrong = names.filter((name, n) => name !== '?' && name !== tested.labels[n]).length;
    expect(wrong).toBeLessThanOrEqual(2);
    const [threshold, counted] = stderr.trim().split('\n');
    expect(threshold).toMatch(/^scores below 0\.\d{3} are rejected/);
    expect(counted).toBe(`${wrong} of 40 wrong, ${(2.5 * wrong).toFixed(2)} %; ${rejected} rejected`);
  });

  test('counts examples of classes that it was not trained on by themselves', async () => {
    const [header, ...rows] = csv.trimEnd().split('\n');
    const live = rows.slice(0, 3).map((row) => row.replace(/[a-z]+$/, 'live'));
    const told = async (lines: readonly string[], threshold: string) => {
      const file = write('live.csv', `${[header, ...lines].join('\n')}\n`);
      const { code, stderr } = await eqpropHere('predict', run, file, '--threshold', threshold);
      expect(code).toBe(0);
      return stderr.trim().split('\n');
    };
    const alone = 'of classes that were not trained on, such as live';
    expect(await told(live, 'none')).toEqual([`3 examples ${alone}: 0 rejected`]);
    expect(await told([...rows.slice(3, 5), ...live], '1')).toEqual([
      expect.stringMatching(/^0 of 2 wrong, 0\.00 %; [0-2] rejected$/),
      expect.stringMatching(`^3 examples ${alone}: [0-3] rejected$`),
    ]);
    expect(await told(live.slice(0, 1), 'none')).toEqual([`1 example ${alone}: 0 rejected`]);
  });

  test('as JSON, of rows without a class; all are rejected under a threshold that none reaches', async () => {
    const file = write('unlabelled.csv', unlabelled);
    const { code, stdout, stderr } = await eqpropHere('predict', run, file, '--json', '--threshold', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = jsonLines(stdout);
    expect(rows).toHaveLength(40);
    for (const row of rows) expect(row.rejected).toBe(Number(row.score) < 1);
    expect(rows.filter(({ rejected }) => rejected).length).toBeGreaterThan(20);
    const whole = await eqpropHere('predict', run, file, '--json', '--threshold', 'none');
    const [first, ...others] = jsonLines(whole.stdout);
    expect(first).toMatchObject({ line: 2, class: 'circle', rejected: false });
    expect(first).not.toHaveProperty('truth');
    expect(Object.keys(first.scores as object)).toEqual(['circle', 'shake', 'tap', 'wave']);
    expect(others.every(({ rejected }) => rejected === false)).toBe(true);
  });

  test('takes columns in any order, and says so once', async () => {
    const turn = (line: string) => line.split(',').toReversed().join();
    const turned = write('turned.csv', csv.trimEnd().split('\n').map(turn).join('\n'));
    const flags = ['--json', '--threshold', 'none'];
    const own = await eqpropHere('predict', run, write('test.csv', csv), ...flags);
    const { code, stdout, stderr } = await eqpropHere('predict', run, turned, ...flags);
    expect({ code, stdout }).toEqual({ code: 0, stdout: own.stdout });
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /^the columns of \S+turned\.csv stand in another order .* by their names [0-9]+ of 40 wrong/,
    );
  });

  test('takes an array, and names its rows', async () => {
    const rows = unlabelled.trimEnd().split('\n').slice(1, 3);
    const numbers = Float64Array.from(rows.join().split(','), Number);
    const file = write('two.npy', toNpy(numbers, [2, 300]));
    const { stdout } = await eqpropHere('predict', run, file, '--threshold', 'none');
    expect(stdout.trimEnd().split('\n')).toEqual(
      tested.labels
        .slice(0, 2)
        .map((label, n) => expect.stringMatching(`^${label}\t[01]\\.\\d{3}\trow ${n}$`)),
    );
    const { stdout: told } = await eqpropHere('predict', run, file, '--threshold', 'none', '--json');
    expect(jsonLines(told)).toMatchObject([{ name: 'row 0', class: tested.labels[0] }, { name: 'row 1' }]);
  });

  test('answers lines of standard input as they come', async () => {
    const child = spawn(process.execPath, [MAIN, 'predict', run, '-', '--threshold', 'none']);
    const closed = once(child, 'close');
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const rows = unlabelled.split('\n').slice(1, 5);
    const names: string[] = [];
    for (const row of rows) {
      child.stdin.write(`${row}\n`);
      names.push(String((await answers.next()).value).split('\t')[0]);
    }
    expect(names).toEqual(tested.labels.slice(0, 4));
    child.stdin.end();
    expect((await closed)[0]).toBe(0);
  });

  test.skipIf(process.platform === 'win32')(
    'ends when it is interrupted, and tells what it counted',
    async () => {
      const child = spawn(process.execPath, [MAIN, 'predict', run, '-', '--threshold', 'none']);
      const closed = once(child, 'close');
      let told = '';
      child.stderr.on('data', (bytes) => {
        told += bytes;
      });
      child.stdin.write(csv.split('\n').slice(0, 2).join('\n').concat('\n'));
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      expect((await closed)[0]).toBe(130);
      expect(told).toMatch(/^[01] of 1 wrong/);
    },
  );

  test('ends at a line that is no example, though more may come', async () => {
    for (const [lines, told] of [
      ['1,2,3', 'has 3 columns of features, the model takes 300'],
      [`${unlabelled.split('\n')[1]}\n1,2,3`, 'line 2: 3 columns, the first row has 300'],
    ]) {
      const child = spawn(process.execPath, [MAIN, 'predict', run, '-', '--threshold', 'none']);
      const closed = once(child, 'close');
      let said = '';
      child.stderr.on('data', (bytes) => {
        said += bytes;
      });
      child.stdin.write(`${lines}\n`);
      expect((await closed)[0]).toBe(1);
      expect(said).toContain(told);
    }
  });

  test.each<[string, string, readonly string[], number, RegExp]>([
    [
      'a missing value',
      unlabelled.replace(/^([^\n]*\n)[^,]*/, '$1'),
      [],
      1,
      /line 2, column ax0: the value is missing/,
    ],
    [
      'text',
      unlabelled.replace(/^([^\n]*\n)[^,]*/, '$1tilt'),
      [],
      1,
      /line 2, column ax0: 'tilt' is no number/,
    ],
    [
      'other columns',
      'ax,ay\n1,2\n',
      [],
      1,
      /columns that were trained on are not in \S+: 'ax0', .* and 295 more give all of them/,
    ],
    ['no score', unlabelled, ['--threshold', '2'], 2, /a score from 0 to 1 is needed, or none/],
  ])('refuses %s', async (_, text, flags, status, told) => {
    const { code, stderr } = await eqpropHere('predict', run, write('bad.csv', text), ...flags);
    expect(code).toBe(status);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(told);
  });

  test('rejects nothing, and says so once, where the data of its run are gone', async () => {
    rmSync(path('gestures.csv'));
    const { code, stdout, stderr } = await eqpropHere('predict', run, write('test.csv', unlabelled));
    expect(code).toBe(0);
    expect(stdout).not.toContain('?');
    expect(stderr.match(/nothing is rejected: the validation examples of .* are gone/g)).toHaveLength(1);
    expect(stderr).toContain('--threshold 0.5');
  });
});
