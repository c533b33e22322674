/** Images are rows and columns, not a number of pixels: a run keeps their shape, and what it is shown later must have it. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Picture } from '#host/model/index';
import { graphOf, pictured } from '#host/model/index';
import { CONFIG } from '#host/records/checkpoint';
import { loadRun } from '#host/records/index';
import { evaluateRun } from '#host/runs/evaluate-run';
import { reportData } from '#host/runs/run-report';
import { idxBytes } from '../data/idx-bytes.js';
import { begin, goOn, roomForRuns, simulated } from './runs.js';
import { CLASSES, smallRecipe } from './small-data.js';

const { data, fresh } = roomForRuns();
const wide: Picture = { rows: 4, columns: 9 };
const windows = smallRecipe({ 'receptive-fields': '2..4' });
/** Too large for the wide images. */
const tall = smallRecipe({ 'receptive-fields': '2..5' });

/** The small data with every image's pixels in another shape. */
function reshaped(dimensions: readonly number[]): string {
  const folder = fresh();
  mkdirSync(folder);
  for (const set of ['train', 't10k']) {
    const [images, labels] = [`${set}-images-idx3-ubyte`, `${set}-labels-idx1-ubyte`];
    const body = readFileSync(join(data, images)).subarray(16);
    writeFileSync(join(folder, images), idxBytes([body.length / 36, ...dimensions], body));
    copyFileSync(join(data, labels), join(folder, labels));
  }
  return folder;
}

let wideData: string;
beforeAll(() => {
  wideData = reshaped([4, 9]);
});

const tried = (folder: string, on?: string, set: 'test' | 'training' = 'test') =>
  evaluateRun(folder, simulated, set, on, () => undefined);

describe('a run on images that are not square', () => {
  test('has its windows in them, and keeps their shape', async () => {
    const folder = fresh();
    const plan = { data: wideData, folder, recipe: windows, shadow: true, compareEvery: 1 };
    const { result } = await begin(plan);
    expect(result.finished).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, CONFIG), 'utf8')).picture).toEqual(wide);
    const { state, parameters } = loadRun(folder);
    expect(state.picture).toEqual(wide);

    const { map } = graphOf(pictured(windows, wide)).connections[0];
    const isSeen = (at: number) => map.element(Math.floor(at / 24), at % 24) >= 0;
    const weights = [...parameters.weights[0]];
    expect(weights.every((weight, at) => isSeen(at) || weight === 0)).toBe(true);
    expect(weights.filter((weight, at) => isSeen(at) && weight !== 0).length).toBeGreaterThan(100);

    // The reference sees the same windows, or its states would be others.
    const compared = result.folder.metrics().filter((entry) => entry.kind === 'divergence');
    expect(compared).toHaveLength(38);
    for (const { stateRms } of compared) expect(stateRms).toBeLessThan(0.01);
    expect(reportData(result).inputs).toEqual(wide);
    expect((await tried(folder)).samples).toBe(100);
  });

  test('has its kernels and its shifts in them, whoever takes it up', async () => {
    const recipe = smallRecipe({
      network: '36-conv3x5-4',
      shift: 2,
      'input-dropout': 0.2,
      start: 'persistent',
    });
    const plan = { data: wideData, recipe, shadow: true, compareEvery: 1 };
    const whole = await begin({ ...plan, folder: fresh() });
    expect(loadRun(whole.result.folder.path).parameters.weights.map(({ length }) => length)).toEqual([
      3 * 3 * 5,
      2 * 7 * 5 * 4,
    ]);
    // The reference sees the same moved images, or its states would be others.
    const compared = whole.result.folder.metrics().filter((entry) => entry.kind === 'divergence');
    expect(compared).toHaveLength(38);
    for (const { stateRms } of compared) expect(stateRms).toBeLessThan(0.01);
    const folder = fresh();
    await begin({ ...plan, folder, interruptAt: (_, times) => times === 25 });
    const { result } = await goOn(folder);
    expect(result.position.digest).toBe(whole.result.position.digest);
    expect((await tried(folder)).samples).toBe(100);
  });

  test('is not begun with windows that have no room in them', async () => {
    const folder = fresh();
    await expect(begin({ data: wideData, folder, recipe: tall })).rejects.toThrow(
      'windows of 2 to 5 units a side in a layer of 4 × 9',
    );
    expect(existsSync(folder)).toBe(false);
  });
});

describe('what a run has learnt', () => {
  let folder: string;
  beforeAll(async () => {
    folder = fresh();
    await begin({ data, folder, recipe: smallRecipe() });
  });

  test('is not tried on as many pixels in another shape', async () => {
    await expect(tried(folder, wideData)).rejects.toThrow(
      /has images of 4 × 9 pixels, .* was trained on 6 × 6/,
    );
    await expect(goOn(folder, { data: wideData })).rejects.toThrow('was trained on 6 × 6');
    const vectors = reshaped([36]);
    await expect(tried(folder, vectors)).rejects.toThrow('has images of 1 × 36 pixels');
    expect(await tried(folder, reshaped([6, 6, 1]))).toEqual(await tried(folder));
  });

  test('is tried on one set, whatever the other is', async () => {
    const tests = reshaped([6, 6]);
    for (const part of ['images-idx3', 'labels-idx1']) rmSync(join(tests, `train-${part}-ubyte`));
    expect(await tried(folder, tests)).toEqual(await tried(folder));
    await expect(tried(folder, tests, 'training')).rejects.toThrow('has no file of train-images');
    // Fewer training images than the recipe trains on, and a class that the test set alone has.
    writeFileSync(join(tests, 'train-images-idx3-ubyte'), idxBytes([1, 6, 6], new Uint8Array(36)));
    writeFileSync(join(tests, 'train-labels-idx1-ubyte'), idxBytes([1], [CLASSES + 5]));
    expect(await tried(folder, tests)).toEqual(await tried(folder));
    await expect(tried(folder, tests, 'training')).rejects.toThrow(
      /training image 0 of .* has label 9; .* has learnt to tell 4 classes/,
    );
  });
});

test('vectors are trained on as they are, and are no pictures in a report', async () => {
  const folder = fresh();
  const { result } = await begin({ data: reshaped([36]), folder, recipe: smallRecipe({ epochs: 1 }) });
  expect(loadRun(folder).state.picture).toEqual({ rows: 1, columns: 36 });
  expect(reportData(result)).not.toHaveProperty('picture');
});
