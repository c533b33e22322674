import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRun } from '#host/records/index';
import type { ComparisonData } from '#host/report/index';
import { smallValues, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { jsonLines, start } from './command.js';
import { eqpropHere } from './in-process.js';

/** The first fetch of the compiler and the first compilation for a core included. */
const FIRMWARE_PATIENCE = 400_000;

let data: ReturnType<typeof temporaryFolder>;
let small: readonly string[];
beforeAll(() => {
  data = temporaryFolder();
  writeSmallData(data.path);
  const preset = join(data.path, 'small.toml');
  writeFileSync(preset, stringify(smallValues));
  small = ['--preset', preset, '--data', data.path];
});
afterAll(() => data.remove());

const at = (name: string) => join(data.path, name);
const resultsIn = (folder: string): ComparisonData =>
  JSON.parse(readFileSync(join(folder, 'cells.json'), 'utf8'));

test('from a grid on the command line to what is found, on MNIST', async () => {
  const out = at('mnist');
  const { code, stdout, stderr } = await eqpropHere(
    ...['compare', '--preset', 'small', '--network', '784-8-10', '--training', '0..200', '--epochs', '1'],
    ...['--weights', 'Q1.14', 'Q4.11', 'Q0.16', '--seeds', '1', '--out', out],
  );
  expect(stderr).toContain('3 cells: 2 to train, 1 cannot work, 1 float64 references beside them');
  expect(stderr).toContain("not run  w-Q0.16_seed-1: weight format 'Q0.16' is impossible");
  expect(code).toBe(0);
  // The last sixth of 200 images.
  expect(stderr).toContain('chosen on images 167..200, split off the training images');
  expect(stdout).toMatch(/Cannot tell which is best\.\nOne seed says nothing of chance/);
  expect(stdout).toMatch(/^weights +validation error % +from float64 +bytes +board/);
  expect(readdirSync(join(out, 'cells')).sort()).toEqual(['w-Q1.14_seed-1', 'w-Q4.11_seed-1']);
  for (const name of ['compare.json', 'cells.json', 'cells.csv', 'report.html', 'figures/formats.svg'])
    expect(existsSync(join(out, name)), name).toBe(true);
  const { groups, complete, heldOut } = resultsIn(out);
  expect(heldOut).toBe('167..200');
  expect(complete).toBe(true);
  expect(groups.map(({ testError }) => testError?.count)).toEqual([1, 1, undefined]);
  // A cell leaves a run like any other.
  const evaluated = await eqpropHere('evaluate', join(out, 'cells', 'w-Q4.11_seed-1'), '--json');
  expect(JSON.parse(evaluated.stdout).error).toBeCloseTo(groups[1].testError?.mean ?? Number.NaN, 10);
});

test('a grid in a file, overridden by flags; --json prints objects alone', async () => {
  const grid = at('grid.toml');
  writeFileSync(
    grid,
    stringify({
      preset: small[1],
      data: data.path,
      recipe: { epochs: 1 },
      grid: { weights: ['Q1.14', 'Q2.13'], seed: [5, 6] },
    }),
  );
  const out = at('file');
  const { code, stdout, stderr } = await eqpropHere(
    ...[
      'compare',
      grid,
      '--seed',
      '7',
      '8',
      '--rounding',
      'nearest',
      '--no-reference',
      '--out',
      out,
      '--json',
    ],
    ...['--margin', '1000'],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = jsonLines(stdout);
  expect(lines.map(({ kind }) => kind)).toEqual(['cell', 'cell', 'cell', 'cell', 'comparison']);
  const advice = {
    group: expect.stringMatching(/^w-Q/),
    sentence: expect.stringMatching(
      /^36-24-4 on \w+: i16 Q\d\.\d+, states Q2\.13, nearest: [\d.]+ ± [\d.]+ % test error, [\d,]+ bytes\.$/,
    ),
    rule: expect.stringContaining('at most 1000 points above the best'),
  };
  expect(lines[4]).toMatchObject({ complete: true, heldOut: '250..300', advice });
  const config = JSON.parse(readFileSync(join(out, 'cells', 'w-Q2.13_seed-7', 'config.json'), 'utf8'));
  expect(config.recipe).toMatchObject({ weights: 'Q2.13', seed: 7, rounding: 'nearest', epochs: 1 });
  expect(config.recipe).toMatchObject({ training: '0..250', validation: '250..300' });
});

test("data of one's own are read as the grid says, and flags say otherwise", async () => {
  const csv = at('own.csv');
  const rows = Array.from({ length: 60 }, (_, n) => [n, n % 2 ? 'up' : 'down', n % 2 ? 9 : -9, n % 7, 3 * n]);
  writeFileSync(csv, ['time,kind,x,y,z', ...rows.map((row) => row.join())].join('\n'));
  const grid = at('own.toml');
  writeFileSync(
    grid,
    stringify({
      ...{ preset: small[1], data: csv, 'label-column': 'kind', ignore: ['time'], scaling: 'unit' },
      'test-share': 0.5,
      recipe: { network: '3-6-2', epochs: 1, training: '0..24', validation: '24..30' },
    }),
  );
  const out = at('own');
  const flags = ['--test-share', '0.25', '--no-reference', '--out', out, '--json'];
  const { stdout, stderr } = await eqpropHere('compare', grid, '--seeds', '1', ...flags);
  expect(stderr).toBe('');
  expect(jsonLines(stdout).at(-1)).toMatchObject({ kind: 'comparison', complete: true });
  const reading = { labelColumn: 'kind', ignore: ['time'], scaling: 'unit', testShare: 0.25 };
  expect(JSON.parse(readFileSync(join(out, 'compare.json'), 'utf8')).reading).toEqual(reading);
  const [cell] = readdirSync(join(out, 'cells'));
  const config = JSON.parse(readFileSync(join(out, 'cells', cell, 'config.json'), 'utf8'));
  expect(config).toMatchObject({ data: csv, reading, columnNames: ['x', 'y', 'z'] });
});

test('lists are values of a grid; formats one a connection and negative integer bits are names of folders', async () => {
  const out = at('lists');
  const { code, stdout } = await eqpropHere(
    ...['compare', ...small, '--epochs', '1', '--weights', 'Q1.14', 'Q-1.8,Q0.7'],
    ...['--rates', '0.4,0.05', '0.2,0.05', '--no-reference', '--out', out, '--json'],
  );
  expect(code).toBe(0);
  const ids = ['w-Q-1.8+Q0.7', 'w-Q1.14'].flatMap((weights) =>
    ['0.2+0.05', '0.4+0.05'].map((rates) => `${weights}_rates-${rates}_seed-1`),
  );
  expect(readdirSync(join(out, 'cells')).sort()).toEqual(ids);
  const ended = jsonLines(stdout).filter(({ kind }) => kind === 'cell');
  expect(ended.map(({ ended: how }) => how)).toEqual(Array.from({ length: 4 }, () => 'finished'));
  expect(resultsIn(out).groups.map(({ bits, settings }) => [bits, settings])).toEqual([
    [16, { weights: 'Q1.14', rates: '0.4, 0.05' }],
    [16, { weights: 'Q1.14', rates: '0.2, 0.05' }],
    [8, { weights: 'Q-1.8,Q0.7', rates: '0.4, 0.05' }],
    [8, { weights: 'Q-1.8,Q0.7', rates: '0.2, 0.05' }],
  ]);
});

test(
  'on an emulated board, in 8 and in 16 bits: what the simulated device learns',
  async () => {
    const common = [
      '--network',
      '36-8-4',
      '--training',
      '0..32',
      '--epochs',
      '1',
      '--weights',
      'Q1.14',
      'Q0.7',
    ];
    const compareOn = async (device: string) => {
      const out = at(device);
      const { code, stderr } = await eqpropHere(
        ...['compare', ...small, ...common, '--no-reference', '--device', device, '--out', out],
      );
      expect(code, stderr).toBe(0);
      return { stderr, groups: resultsIn(out).groups };
    };
    const onBoard = await compareOn('pico');
    const onHost = await compareOn('simulated');
    expect(onBoard.stderr).toMatch(/the images alone [\d.]+ s at 921,600 baud/);
    const learnt = ({ groups }: typeof onBoard) =>
      groups.map(({ bits, testError, trainingError }) => ({ bits, testError, trainingError }));
    expect(learnt(onBoard)).toEqual(learnt(onHost));
    expect(onBoard.groups.map(({ bits, testError }) => [bits, testError?.count])).toEqual([
      [16, 1],
      [8, 1],
    ]);
    // Counted by the board itself.
    for (const { products } of onBoard.groups) expect(products?.mean).toBeGreaterThan(0);
  },
  FIRMWARE_PATIENCE,
);

test('interrupted it saves and ends with 130; --resume runs what is left, and no more', async () => {
  const out = at('interrupted');
  const program = start([
    ...['compare', ...small, '--epochs', '30', '--seeds', '2', '--processes', '1'],
    ...['--no-reference', '--out', out],
  ]);
  await program.shows('1/2  finished');
  // The second one is on its way: it has saved its first weights.
  const second = join(out, 'cells', 'small_seed-2');
  await expect.poll(() => existsSync(join(second, 'checkpoint.eqp'))).toBe(true);
  program.interrupt();
  const { code, stderr } = await program.ended;
  expect(code).toBe(130);
  expect(stderr).toContain(`go on with: eqprop compare --resume ${out}`);
  const first = join(out, 'cells', 'small_seed-1');
  const { step } = loadRun(second).state.position;
  expect(step).toBeLessThan(30 * 19);
  const untouched = readFileSync(join(first, 'checkpoint.eqp'));

  const refused = await eqpropHere('compare', '--resume', out, '--weights', 'Q1.14');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--weights cannot be changed');

  const resumed = await eqpropHere('compare', '--resume', out, '--json');
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(jsonLines(resumed.stdout).filter(({ kind }) => kind === 'cell')).toMatchObject([
    { id: expect.stringContaining('seed-2'), ended: 'finished' },
  ]);
  expect(readFileSync(join(first, 'checkpoint.eqp'))).toEqual(untouched);
  expect(resultsIn(out).groups[0].cells.map(({ state }) => state)).toEqual(['finished', 'finished']);
});

test.skipIf(process.platform !== 'linux')(
  'a folder that cannot be made is told before cells are planned',
  async () => {
    const { code, stderr } = await eqpropHere(
      'compare',
      ...small,
      '--seeds',
      '201',
      '--out',
      '/proc/nowhere/here',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: could not write \/proc\/nowhere\/here: .*\n +.*choose another folder/);
  },
);

test.each([
  [['--wieghts', 'Q1.14'], 2, 'unknown option'],
  [['--seeds', '2', '--seed', '4'], 1, 'name the same'],
  [['--relaxation', 'eulre'], 1, 'relaxation cannot be "eulre"'],
  [['nowhere.toml'], 1, 'there is no file nowhere.toml'],
  [['--seeds', '201'], 1, '201 cells, about'],
  [['--device', '/dev/ttyNOPE'], 1, 'there is no port /dev/ttyNOPE'],
  [['--device', 'nosuch'], 1, 'eqprop ports lists the serial ports, eqprop boards the boards'],
])('%j is refused', async (args, status, message) => {
  const { code, stderr } = await eqpropHere(
    'compare',
    ...args,
    ...small,
    '--no-reference',
    '--out',
    at('refused'),
  );
  expect({ code, stderr }).toEqual({ code: status, stderr: expect.stringContaining(message) });
  expect(existsSync(at('refused'))).toBe(false);
});
