import { appendFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saveCheckpoint } from '#host/training/checkpoint';
import type { Metrics } from '#host/training/metrics';
import { RunFolder } from '#host/training/run-folder';
import { temporaryFolder } from './small-data.js';

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
  nudgedRms: 0.25,
  nudgedWorst: 1,
  elsewhere: 0,
  contrastCosines: [1],
  predictionsAgree: 1,
});
const final: Metrics = { kind: 'final', step: 5, evaluations: [], seconds: 1, samplesPerSecond: 2 };
const steps = (folder: RunFolder) => folder.metrics().map(({ step }) => step);

test('a new folder holds its configuration and no metrics', () => {
  const folder = RunFolder.create(path, { preset: 'demo' });
  expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toEqual({ preset: 'demo' });
  expect(folder.metrics()).toEqual([]);
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
  folder.rewind(1);
  folder.log(divergence(2));
  expect(steps(folder)).toEqual([1, 2]);
});

test('rewinding forgets what comes after the step, and the end', () => {
  const folder = RunFolder.create(path, {});
  for (const step of [1, 3, 5]) folder.log(divergence(step));
  folder.log(final);
  folder.rewind(5);
  expect(steps(folder)).toEqual([1, 3, 5]);
  folder.rewind(4);
  expect(steps(folder)).toEqual([1, 3]);
  expect(existsSync(join(path, 'metrics.jsonl.new'))).toBe(false);
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

  test('that cannot be made', () => {
    const file = join(temporary.path, 'file');
    writeFileSync(file, '');
    expect(() => RunFolder.create(join(file, 'run'), {})).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringContaining(`could not write to ${join(file, 'run')}`),
        hint: expect.stringContaining('--out'),
      }),
    );
  });

  test.skipIf(process.platform !== 'linux')('on a full disk', () => {
    const folder = RunFolder.create(path, {});
    folder.log(divergence(1));
    symlinkSync('/dev/full', join(path, 'metrics.jsonl.new'));
    symlinkSync('/dev/full', join(path, 'report.html'));
    expect(() => folder.rewind(1)).toThrow('the disk is full');
    expect(() => folder.writeReport('<html>')).toThrow('the disk is full');
    expect(steps(folder)).toEqual([1]);
  });
});
