import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '#host/runs/conduct';
import { reportData } from '#host/runs/run-report';
import { begin } from './runs.js';
import { CLASSES, SIDE, smallRecipe, temporaryFolder, writeSmallData } from './small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let result: RunResult;

beforeAll(async () => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path);
  const recipe = smallRecipe({ epochs: 1 });
  ({ result } = await begin({ data: temporary.path, folder: join(temporary.path, 'run'), recipe }));
});
afterAll(() => temporary.remove());

/** The same run with a test set of so many images of class 0, all predicted to be this class. */
function withTests(count: number, predicted: number): RunResult {
  const { dataset } = result.start;
  const samples = {
    count,
    images: new Uint8Array(count * SIDE * SIDE),
    labels: new Uint8Array(count),
  };
  const predictions = new Uint8Array(count).fill(predicted);
  return {
    ...result,
    start: { ...result.start, dataset: { ...dataset, test: samples } },
    test: { evaluations: [], predictions },
  };
}

test('a test set of any size, any class predicted', () => {
  const count = 200_000;
  const { mistakes, confusion = [] } = reportData(withTests(count, 255));
  expect(mistakes).toHaveLength(count);
  expect(confusion).toHaveLength(256);
  expect(confusion[0][255]).toBe(count);
  expect(reportData(withTests(count, 1)).confusion).toHaveLength(CLASSES);
});

test('a network of convolutions: kernels in place of fields, and an example settling', async () => {
  const recipe = smallRecipe({
    network: '6x6-conv3x3m-conv2x5-4',
    rates: [0.1, 0.1, 0.1],
    epochs: 1,
  });
  const folder = join(temporary.path, 'convolutions');
  const { result: run } = await begin({ data: temporary.path, folder, recipe });
  const { fields, kernels, settling, drives = [] } = reportData(run);
  expect(fields).toBeUndefined();
  const shown = kernels?.map(({ name, side, from, to }) => [name, side, from, to]);
  expect(shown).toEqual([
    ['Layer 0 to 1', 3, 1, 3],
    ['Layer 1 to 2', 2, 3, 5],
  ]);
  expect(kernels?.map(({ values }) => values)).toEqual(run.parameters.weights.slice(0, 2));
  expect(settling?.layers.map(({ shape }) => shape)).toEqual([{ channels: 3, rows: 2, columns: 2 }]);
  expect(settling?.label).toBe(run.start.dataset.test.labels[0]);
  const iterations = settling?.stages.map((stage) => stage.iterations) ?? [];
  expect(iterations).toEqual([...iterations].sort((a, b) => a - b));
  for (const { occupancy } of drives) {
    expect(occupancy?.zero).toBeGreaterThanOrEqual(0);
    expect((occupancy?.zero ?? 0) + (occupancy?.one ?? 0)).toBeLessThanOrEqual(1);
  }
  expect(drives).toHaveLength(3);
});

test('ways back are named from where they lead, and the recipe’s own dynamics are told', async () => {
  const recipe = smallRecipe({
    ...{ epochs: 1, feedback: 'untied', rule: 'rates', relaxation: 'euler' },
    ...{ noise: 'leaky', 'noise-level': 0.01, 'noise-phases': 'same' },
  });
  const folder = join(temporary.path, 'untied');
  const { facts, weights } = reportData((await begin({ data: temporary.path, folder, recipe })).result);
  expect(weights.map(({ name }) => name)).toEqual(['layer 0 to 1', 'layer 1 to 2', 'layer 2 to 1']);
  expect(facts).toMatchObject({
    ...{ feedback: 'untied', rule: 'rates' },
    noise: 'leaky of level 0.01, same in nudged phases',
  });
});
