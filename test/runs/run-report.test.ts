import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '#host/runs/run';
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
