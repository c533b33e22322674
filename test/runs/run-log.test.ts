import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type EpochMetrics, type Metrics, means, RunFolder } from '#host/records/index';
import { emptyTally } from '#host/records/metrics';
import { readLog } from '#host/runs/index';
import { roomForRuns } from './runs.js';

const { fresh } = roomForRuns();

function logged(entries: readonly Metrics[]): RunFolder {
  const path = fresh();
  mkdirSync(path);
  writeFileSync(join(path, 'metrics.jsonl'), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return new RunFolder(path);
}

const divergence = (step: number): Metrics => ({
  ...{ kind: 'divergence', step, samples: 1, stateRms: step % 2, stateWorst: step, stateSignal: 1 },
  ...{ nudgedRms: 0, nudgedWorst: 0, elsewhere: 0, contrastCosines: [1, 0.5], predictionsAgree: 0.25 },
});
const epoch = (step: number): EpochMetrics => ({
  ...{ kind: 'epoch', epoch: step, step, ...means({ ...emptyTally(), samples: 1 }, false, false) },
  ...{ saturations: 0, digest: '0', checked: 0, seconds: 1 },
});

test('a log of many compared minibatches comes to a curve that fits a chart', () => {
  const steps = Array.from({ length: 5000 }, (_, step) => step);
  const log = readLog(logged([...steps.map(divergence), epoch(1), ...steps.map(divergence), epoch(2)]));
  expect(log.epochs.map((one) => one.epoch)).toEqual([1, 2]);
  expect(log.compared).toBe(10_000);
  expect(log.divergence.length).toBeLessThanOrEqual(1000);
  expect(log.divergence.length).toBeGreaterThanOrEqual(500);
  expect(log.overall).toEqual({
    step: 4999,
    stateRms: Math.sqrt(0.5),
    stateWorst: 4999,
    contrastCosines: [1, 0.5],
    predictionsAgree: 0.25,
  });
});

test('few are kept as they are; of none there is nothing to tell', () => {
  const { divergence: points } = readLog(logged([1, 2, 3].map(divergence)));
  expect(points.map(({ step, stateRms }) => [step, stateRms])).toEqual([
    [1, 1],
    [2, 0],
    [3, 1],
  ]);
  expect(readLog(logged([epoch(1)]))).toMatchObject({ compared: 0, divergence: [], overall: undefined });
});
