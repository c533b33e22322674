/** A run that does not learn, as the terminal, the log and the report tell it; `--strict` ends it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRun, RunFolder, type SymptomMetrics } from '#host/records/index';
import { idxBytes } from '../data/idx-bytes.js';
import { expectSameRun } from '../runs/runs.js';
import { temporaryFolder } from '../runs/small-data.js';
import { FEATURES, greyWaves } from '../training/watched.js';
import { jsonLines } from './command.js';
import { eqpropHere } from './in-process.js';

const { path: data, remove } = temporaryFolder();
beforeAll(() => {
  const { training, test: tests } = greyWaves(40);
  for (const [name, { count, images, labels }] of [
    ['train', training],
    ['t10k', tests],
  ] as const) {
    writeFileSync(join(data, `${name}-images-idx3-ubyte`), idxBytes([count, 1, FEATURES], images));
    writeFileSync(join(data, `${name}-labels-idx1-ubyte`), idxBytes([count], labels));
  }
});
afterAll(remove);

/** Symptoms and remedies are of these, whatever the preset becomes. */
const own = [
  ...['--nudging', 'centered', '--beta', '0.3', '--nudge-margin', '0', '--rates', '0.4,0.05'],
  ...[
    '--initial-scale',
    '0.5',
    '--free-iterations',
    '12',
    '--nudged-iterations',
    '6',
    '--weight-decay',
    '1e-4,0',
  ],
];

const train = (folder: string, ...flags: readonly string[]) =>
  eqpropHere(
    ...[
      'train',
      '--preset',
      'small',
      '--data',
      data,
      '--network',
      '300-64-4',
      '--training',
      '0..960',
      ...own,
    ],
    ...['--epochs', '1', '--compare-every', '0', '--out', join(data, folder), ...flags],
  );
const symptomsOf = (folder: string) =>
  new RunFolder(join(data, folder))
    .metrics()
    .filter((entry): entry is SymptomMetrics => entry.kind === 'symptom');

const SEEN = /minibatch 32: \d+ of the 64 units of layer 1 are at 0 or at 1, the same for every example/;

test('symptoms are told when they are seen, at the end, in the log and on top of the report', async () => {
  const { code, stdout, stderr } = await train('whole');
  expect(code).toBe(0);
  expect(stderr).toMatch(SEEN);
  expect(stderr).toMatch(/try --rates 0\.02,0\.0025, or --auto-rates 0\.02, or inputs whose zero is 0/);
  expect(stdout).toMatch(SEEN);
  expect(symptomsOf('whole').map(({ symptom }) => symptom)).toEqual(['saturated-layer', 'grey-inputs']);
  const report = readFileSync(join(data, 'whole', 'report.html'), 'utf8');
  expect(report).toContain('Signs that this run does not learn');
  expect(report.indexOf('id="symptoms"')).toBeLessThan(report.indexOf('id="result"'));
  expect(stderr).toContain('note     preset small is tuned for mnist: ');
});

test('--strict ends the run with a status of its own; it goes on without, and nothing is told twice', async () => {
  const { code, stdout, stderr } = await train('strict', '--strict');
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr).toMatch(SEEN);
  expect(stderr).toMatch(
    /stopped by --strict after minibatch \d\d, everything saved\ngo on with: eqprop train --resume/,
  );
  const { step } = loadRun(join(data, 'strict')).state.position;
  expect(step).toBeGreaterThanOrEqual(32);
  expect(step).toBeLessThan(48);
  // Symptoms that were told before end nothing.
  const resumed = await eqpropHere('train', '--resume', join(data, 'strict'), '--strict', '--json');
  expect(resumed.code).toBe(0);
  expect(jsonLines(resumed.stdout).map(({ kind }) => kind)).toEqual(['epoch', 'final']);
  expect(resumed.stderr).not.toContain('tuned for');
  expectSameRun(join(data, 'strict'), join(data, 'whole'));
});

test('a run that learns is told nothing, and is not ended', async () => {
  const { code, stdout, stderr } = await train('calm', '--strict', '--quiet', '--rates', '0.02,0.0025');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('symptom');
  expect(symptomsOf('calm')).toEqual([]);
  expect(readFileSync(join(data, 'calm', 'report.html'), 'utf8')).not.toContain('id="symptoms"');
});
