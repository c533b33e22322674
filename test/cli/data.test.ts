import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataSet, summarise } from '#host/data/index';
import { easyGestures, gesturesCsv } from '../../examples/gestures.mjs';
import { room } from '../data/folder.js';
import { jsonLines } from './command.js';
import { eqpropHere } from './in-process.js';

const { write, path } = room();
const gestures = () => write('gestures.csv', gesturesCsv(easyGestures(1, 120)));

describe('data', () => {
  test('tells shape, classes, ranges, and draws an example of each class', async () => {
    const { code, stdout, stderr } = await eqpropHere('data', gestures(), '--shape', '6x1x50');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('gestures: 96 training and 24 test examples of 600 inputs');
    expect(stdout).toContain('shape    12 × 1 × 50; features in two halves');
    expect(stdout).toMatch(/wave +24 +6 +25\.00 %/);
    expect(stdout).toMatch(/channel 5 +−0\.\d+ +[12]\.\d+ +0\.00\d+ +\d+\.\d/);
    expect(stdout.match(/^[▁▂▃▄▅▆▇█]{50}$/gm)).toHaveLength(24);
  });

  test('as JSON, and as a page', async () => {
    const out = path('page');
    const { code, stdout } = await eqpropHere(
      'data',
      gestures(),
      '--shape',
      '6x1x50',
      '--json',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([
      { name: 'gestures', training: 96, test: 24, scaling: 'signed', repeated: 0 },
    ]);
    expect(existsSync(join(out, 'data.html'))).toBe(true);
    const page = readFileSync(join(out, 'data.html'), 'utf8');
    expect(page.match(/<polyline/g)).toHaveLength(24);
    expect(page).toContain('<span class="caption">shake</span>');
  });

  test('says what is odd', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => `${n % 4},7,${n % 2 === 0 ? 'a' : 'b'}`);
    const { stdout, stderr } = await eqpropHere(
      'data',
      write('odd.csv', `ax,ay,label\n${rows.join('\n')}\n`),
    );
    expect(stderr).toContain('ay (always 7) of');
    expect(stderr).toMatch(/note +8 of 8 test examples \(100\.00 %\) are in the training set too/);
    expect(stdout).toContain('repeated 8 test examples');
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'a column that is not there',
      ['--label-column', 'gestrue'],
      /no column 'gestrue'.*\n.*did you mean 'gesture'/,
    ],
    ['another shape', ['--shape', '5x1x50'], /has 300 features an example, 5 × 1 × 50 are 250/],
    ['no shape', ['--shape', '6xx'], /channels x rows x columns are needed/],
    ['no share', ['--test-share', '2'], /a share between 0 and 1 is needed/],
    ['another scaling', ['--scaling', 'log'], /Allowed choices are unit, signed, centred, none/],
    [
      'features that are no bytes',
      ['--scaling', 'none'],
      /line \d+, column \w+: -?[\d.]+ is no whole number from 0 to 255/,
    ],
  ])('refuses %s', async (_, flags, told) => {
    const { code, stderr } = await eqpropHere('data', gestures(), ...flags);
    expect(code).not.toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(new RegExp(told.source.replace('.*\\n.*', '.*')));
  });

  test('of IDX files takes no word on how tables are read', async () => {
    const { code, stderr } = await eqpropHere('data', '--label-column', 'x');
    expect(code).toBe(1);
    expect(stderr).toContain('--label-column says how a table is read, MNIST is read as IDX files');
  });
});

test('train, evaluate and export take a table all the way', async () => {
  const out = path('run');
  const recipe = [
    '--preset',
    'small',
    '--network',
    '600-16-4',
    '--rates',
    '0.1,0.05',
    '--training',
    '0..96',
    '--validation',
    'none',
  ];
  const trained = await eqpropHere(
    'train',
    '--data',
    gestures(),
    '--shape',
    '6x1x50',
    ...recipe,
    '--epochs',
    '3',
    '--out',
    out,
  );
  expect(trained.code).toBe(0);
  const tried = await eqpropHere('evaluate', out, '--json');
  expect(jsonLines(tried.stdout)).toMatchObject([{ set: 'test', samples: 24 }]);
  const refused = await eqpropHere('train', '--resume', out, '--scaling', 'unit');
  expect(refused.stderr).toContain('--scaling cannot be changed');
  const exported = await eqpropHere('export', out, '--out', path('export'));
  expect(exported.stdout).toContain('scaling.npy');
  const numbers = JSON.parse(readFileSync(path('export', 'network.json'), 'utf8'));
  expect(numbers).toMatchObject({ scaling: { kind: 'signed', features: 300 } });
  expect(numbers.classNames).toContain('wave');
});

test('a summary counts in the unit of the file', () => {
  const features = [
    [-2, 10],
    [2, 20],
    [1, 30],
    [0, 40],
  ];
  const set = { features, labels: ['a', 'b', 'a', 'b'] };
  const { features: found, classes, repeated } = summarise(dataSet({ ...set, test: set, scaling: 'unit' }));
  expect(repeated).toBe(4);
  expect(classes).toEqual([
    { name: 'a', training: 2, test: 2 },
    { name: 'b', training: 2, test: 2 },
  ]);
  expect(found.map(({ name, least }) => [name, least])).toEqual([
    ['feature 1', -2],
    ['feature 2', 10],
  ]);
  expect(found[0].step).toBeCloseTo(4 / 256, 6);
  expect(found[1].greatest).toBeCloseTo(40, 0);
  // Levels 0, 85, 170, 255: a deviation of 95.
  expect(found[1].spread).toBeCloseTo(95, 0);
});
