import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saveCheckpoint } from '#host/records/checkpoint';
import { emptyTally, type Metrics } from '#host/records/metrics';
import { RunFolder } from '#host/records/run-folder';
import { temporaryFolder } from '../runs/small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  temporary = temporaryFolder();
  path = join(temporary.path, 'runs', 'one');
});
afterEach(() => temporary.remove());

const divergence = (step: number): Metrics => ({
  kind: 'divergence',
  step,
  samples: 1,
  stateRms: 0.5,
  stateWorst: 1,
  stateSignal: 1,
  nudgedRms: 0.25,
  nudgedWorst: 1,
  elsewhere: 0,
  contrastCosines: [1],
  predictionsAgree: 1,
});
const final: Metrics = { kind: 'final', step: 5, evaluations: [], seconds: 1, samplesPerSecond: 2 };
const epoch = (step: number): Metrics => ({
  kind: 'epoch',
  epoch: 1,
  step,
  trainingError: 1,
  cost: 1,
  freeIterations: 1,
  nudgedIterations: 1,
  unsettled: 0,
  products: 1,
  saturations: 0,
  digest: '',
  checked: 1,
  seconds: 1,
});
const closed = (step: number) => ({ step, tally: emptyTally() });
const open = (step: number) => ({ step, tally: { ...emptyTally(), samples: 9 } });
const steps = (folder: RunFolder) => folder.metrics().map(({ step }) => step);

test('a new folder holds its configuration and no metrics', () => {
  const folder = RunFolder.create(path, { preset: 'demo' });
  expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toEqual({ preset: 'demo' });
  expect(folder.metrics()).toEqual([]);
});

const symptom = (step: number): Metrics => ({
  ...{ kind: 'symptom', step, symptom: 'chance', seen: 'half of it', cause: 'none', remedy: 'another' },
});

test('a symptom is read again as it was told, forgotten with the minibatches after a checkpoint, and checked', () => {
  const folder = RunFolder.create(path, {});
  folder.log(symptom(3));
  folder.log(symptom(4));
  expect(folder.metrics()).toEqual([symptom(3), symptom(4)]);
  folder.rewind(open(3));
  expect(folder.metrics()).toEqual([symptom(3)]);
  folder.log({ ...symptom(5), symptom: 'boredom' } as unknown as Metrics);
  expect(() => folder.metrics()).toThrow(/line 2: .*symptom/);
});

test('what is logged is read again, a line each', () => {
  const folder = RunFolder.create(path, {});
  folder.log(divergence(1));
  folder.log(final);
  expect(folder.metrics()).toEqual([divergence(1), final]);
  expect(readFileSync(join(path, 'metrics.jsonl'), 'utf8').split('\n')).toHaveLength(3);
});

test('a last line cut short by a crash is left out, and gone after rewinding', () => {
  const folder = RunFolder.create(path, {});
  folder.log(divergence(1));
  appendFileSync(join(path, 'metrics.jsonl'), '{"kind":"divergence","st');
  expect(steps(folder)).toEqual([1]);
  folder.rewind(closed(1));
  folder.log(divergence(2));
  expect(steps(folder)).toEqual([1, 2]);
});

test('rewinding forgets what comes after the step, and the end', () => {
  const folder = RunFolder.create(path, {});
  for (const step of [1, 3, 5]) folder.log(divergence(step));
  folder.log(final);
  folder.rewind(closed(5));
  expect(steps(folder)).toEqual([1, 3, 5]);
  folder.rewind(closed(4));
  expect(steps(folder)).toEqual([1, 3]);
  expect(existsSync(join(path, 'metrics.jsonl.new'))).toBe(false);
});

test('rewinding to before an epoch’s line forgets it, to after it keeps it', () => {
  const folder = RunFolder.create(path, {});
  const logged = [divergence(1), epoch(2), divergence(4), epoch(4)];
  for (const entry of logged) folder.log(entry);
  folder.rewind(closed(4));
  expect(folder.metrics()).toEqual(logged);
  folder.rewind(open(4));
  expect(folder.metrics()).toEqual(logged.slice(0, 3));
  folder.rewind(open(3));
  expect(folder.metrics()).toEqual(logged.slice(0, 2));
});

describe('a folder', () => {
  test('that holds a run is not begun anew', () => {
    RunFolder.create(path, {});
    saveCheckpoint(path, { state: {}, arrays: {} });
    expect(() => RunFolder.create(path, {})).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: `${path} holds a run already`,
        hint: expect.stringContaining(`--resume ${path}`),
      }),
    );
  });

  test('whose run ended before its first checkpoint is', () => {
    RunFolder.create(path, {}).log(divergence(1));
    expect(RunFolder.create(path, {}).metrics()).toEqual([]);
  });

  test('whose first checkpoint was cut short is', () => {
    RunFolder.create(path, {});
    writeFileSync(join(path, 'checkpoint.eqp.new'), 'EQPROP1\n, and no more');
    expect(RunFolder.create(path, {}).metrics()).toEqual([]);
  });

  test('that cannot be made', () => {
    const file = join(temporary.path, 'file');
    writeFileSync(file, '');
    expect(() => RunFolder.create(join(file, 'run'), {})).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringContaining(`could not write ${join(file, 'run')}`),
        hint: expect.stringContaining('another folder'),
      }),
    );
  });

  test.skipIf(process.platform !== 'linux')('on a full disk', () => {
    const folder = RunFolder.create(path, {});
    folder.log(divergence(1));
    symlinkSync('/dev/full', join(path, 'metrics.jsonl.new'));
    symlinkSync('/dev/full', join(path, 'report.html.new'));
    expect(() => folder.rewind(closed(1))).toThrow('the disk is full');
    expect(() => folder.writeReport('<html>')).toThrow('the disk is full');
    expect(steps(folder)).toEqual([1]);
  });
});
