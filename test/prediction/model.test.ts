/** Runs on gestures, asked: as evaluation answers, and what they never learnt is rejected. */
import { rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataSet, loadDataset, type Reading } from '#host/data/index';
import { checkRecipe, type Recipe } from '#host/model/index';
import { chooseThreshold, loadModel, predictRows } from '#host/prediction/index';
import { loadRun } from '#host/records/index';
import { evaluateRun } from '#host/runs/evaluate-run';
import { easyGestures, type Gestures, gesturesCsv } from '../../examples/gestures.mjs';
import { refusal, room } from '../data/folder.js';
import { begin, roomForRuns, simulated } from '../runs/runs.js';
import { smallRecipe, smallValues } from '../runs/small-data.js';

const { data: images, fresh } = roomForRuns();
const { write, path } = room();
const reading: Reading = { shape: { channels: 6, rows: 1, columns: 50 } };

function recipe(changes: Readonly<Record<string, unknown>> = {}): Recipe {
  const values = {
    ...{ ...smallValues, network: '600-16-4', epochs: 3, rates: [0.1, 0.05] },
    ...{ training: '0..320', validation: '320..480', ...changes },
  };
  return checkRecipe(values, 'test');
}

/** Some kinds of the gestures alone. */
function only({ features, labels, columns }: Gestures, isWanted: (label: string) => boolean): Gestures {
  return {
    columns,
    features: features.filter((_, n) => isWanted(labels[n])),
    labels: labels.filter(isWanted),
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

let run: string;
let data: string;
let tested: Gestures;
beforeAll(async () => {
  run = fresh();
  tested = easyGestures(2, 120);
  data = write('gestures.csv', gesturesCsv(easyGestures(1, 600)));
  await begin({ data, reading, folder: run, recipe: recipe() });
});

describe('a model of gestures', () => {
  test('answers each test example as the device did, state by state', async () => {
    const plan = { data, reading, recipe: recipe({ epochs: 1, rates: [0.01, 0.005] }) };
    const { result } = await begin({ ...plan, folder: fresh() });
    const { test: samples, pixels } = await loadDataset(data, reading);
    const model = loadModel(result.folder.path);
    const labels = Array.from(
      { length: samples.count },
      (_, n) => model.predictInputs(samples.images.subarray(n * pixels, (n + 1) * pixels)).label,
    );
    expect(labels).toEqual([...(result.test?.predictions ?? [])]);
    // An error of none would say little.
    expect(result.test?.evaluations.at(-1)?.error).toBeGreaterThan(0);
  });

  test('errs on another file where evaluation does, and says how sure it is', async () => {
    const other = write('other.csv', gesturesCsv(tested));
    const { wrong } = await evaluateRun(run, simulated, 'test', other, () => undefined);
    const rows = await all(predictRows(loadModel(run), other));
    expect(rows).toHaveLength(120);
    expect(rows.filter((row) => row.class !== row.truth)).toHaveLength(wrong);
    expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 120 }, (_, n) => n + 2));
    for (const { label, score, scores } of rows) {
      expect(scores).toHaveLength(4);
      expect(score).toBe(Math.max(...scores));
      expect(scores.indexOf(score)).toBe(label);
      // States have 13 fractional bits.
      for (const one of scores) expect(Number.isInteger(one * 2 ** 13) && one >= 0 && one <= 1).toBe(true);
    }
  });

  test('is asked at once, in memory, by the run’s scaling and not the ranges of what is asked', async () => {
    const model = loadModel(run);
    expect(model).toMatchObject({ features: 300, classes: ['circle', 'shake', 'tap', 'wave'] });
    const answers = tested.features.map((window) => model.predict(window).class);
    const right = answers.filter((name, n) => name === tested.labels[n]).length;
    expect(right).toBeGreaterThanOrEqual(118);
    // One asked again gives the same, whatever was asked between.
    expect(model.predict([...tested.features[0]])).toEqual(model.predict(tested.features[0]));
  });

  test('refuses what is no example', async () => {
    const model = loadModel(run);
    const [window] = tested.features;
    expect(await refusal(() => model.predict(window.subarray(1)))).toMatch(
      /an example has 299 features, the model takes 300; give those/,
    );
    expect(await refusal(() => model.predict(window.with(7, Number.NaN)))).toMatch(
      /^feature 8: the value is missing/,
    );
    expect(await refusal(() => loadModel(path('nowhere')))).toMatch(/there is no folder/);
  });

  test('rejects a class that it never learnt, and 1 % of right answers to validation examples at most', async () => {
    const known = fresh();
    const shown = only(easyGestures(1, 800), (name) => name !== 'wave');
    const file = write('known.csv', gesturesCsv(shown));
    await begin({ data: file, reading, folder: known, recipe: recipe({ network: '600-16-3', epochs: 4 }) });
    const model = loadModel(known);
    const least = await chooseThreshold(known);
    const { training, pixels } = await loadDataset(file, reading);
    const scores: number[] = [];
    for (let n = 320; n < 480; n++) {
      const { label, score } = model.predictInputs(training.images.subarray(n * pixels, (n + 1) * pixels));
      if (label === training.labels[n]) scores.push(score);
    }
    expect(scores.length).toBeGreaterThan(150);
    const rejected = scores.filter((score) => score < least).length;
    expect(rejected).toBeLessThanOrEqual(scores.length / 100);
    // The next higher one would reject too many.
    expect(scores.filter((score) => score <= least).length).toBeGreaterThan(scores.length / 100);
    const waves = tested.features.filter((_, n) => tested.labels[n] === 'wave');
    const refused = waves.filter((window) => model.predict(window).score < least).length;
    expect(refused).toBeGreaterThan(0.8 * waves.length);
  });

  test('has a threshold only where validation examples are, and are those', async () => {
    const [none, gone] = [fresh(), fresh()];
    await begin({ data, reading, folder: none, recipe: recipe({ validation: 'none', epochs: 1 }) });
    expect(await refusal(chooseThreshold(none))).toMatch(/kept no validation examples.*--threshold 0\.5/);
    const moved = write('moved.csv', gesturesCsv(easyGestures(1, 600)));
    await begin({ data: moved, reading, folder: gone, recipe: recipe({ epochs: 1 }) });
    const least = await chooseThreshold(gone);
    rmSync(moved);
    expect(await refusal(chooseThreshold(gone))).toMatch(/validation examples .* are gone: there is no/);
    expect(await chooseThreshold(gone, data)).toBe(least);
    writeFileSync(moved, gesturesCsv(easyGestures(3, 600)));
    expect(await refusal(chooseThreshold(gone))).toMatch(/are gone: moved is not the data set/);
  });

  test('of a run in memory takes the order of its data, and those for a threshold', async () => {
    const memory = fresh();
    const gestures = easyGestures(1, 600);
    const written = (window: Float64Array) => window.map((value) => Number(value.toFixed(4)));
    // Sample by sample instead of channel by channel.
    const turned = (window: Float64Array) =>
      written(window).map((_, at, all) => all[(at % 6) * 50 + Math.floor(at / 6)]);
    const shape = { channels: 6, rows: 1, columns: 50 };
    const mine = dataSet({
      ...{ features: gestures.features.map(turned), labels: gestures.labels },
      ...{ name: 'mine', shape, order: 'channels-last' },
    });
    await begin({ data: mine, folder: memory, recipe: recipe() });
    expect(loadRun(memory).state.position.digest).toBe(loadRun(run).state.position.digest);
    const model = loadModel(memory, 'channels-last');
    const window = written(tested.features[0]);
    expect(model.predict(turned(window))).toEqual(loadModel(run).predict(window));
    expect(loadModel(memory).predict(turned(window))).not.toEqual(model.predict(turned(window)));
    expect(await chooseThreshold(memory, mine)).toBe(await chooseThreshold(run));
    expect(await refusal(chooseThreshold(memory))).toMatch(/are gone: .* data that a program had in memory/);
  });
});

test('a model of images takes bytes, from persistent states too', async () => {
  const folder = fresh();
  const { result } = await begin({ data: images, folder, recipe: smallRecipe({ start: 'persistent' }) });
  const { test: samples, pixels } = await loadDataset(images);
  const model = loadModel(folder);
  const image = (n: number) => samples.images.subarray(n * pixels, (n + 1) * pixels);
  const labels = Array.from({ length: samples.count }, (_, n) => model.predict(image(n)).label);
  expect(labels).toEqual([...(result.test?.predictions ?? [])]);
  expect(model.classes).toEqual(['0', '1', '2', '3']);
  expect(await refusal(() => model.predict([...image(0)].with(3, 255.5)))).toMatch(
    /feature 4: 255\.5 is no whole number from 0 to 255/,
  );
  const csv = write('images.csv', `${image(0).join(',')}\n${[...image(1)].with(3, 256).join(',')}\n`);
  const rows = predictRows(model, csv);
  expect((await rows.next()).value).toMatchObject({ line: 1, label: labels[0] });
  expect(await refusal(rows.next())).toMatch(/images\.csv, line 2, feature 4: 256 is no whole number/);
});

test('an interrupted run answers by its last checkpoint', async () => {
  const folder = fresh();
  await begin({
    ...{ data: images, folder, recipe: smallRecipe() },
    interruptAt: ({ phase }, times) => phase === 'training' && times === 22,
  });
  expect(loadModel(folder).predict(new Uint8Array(36)).scores).toHaveLength(4);
});

test.each([
  { weights: 'Q1.6', states: 'Q2.13' },
  { weights: 'Q5.26', states: 'Q13.18' },
])('weights $weights answer as their device did', async (formats) => {
  const folder = fresh();
  const { result } = await begin({ data: images, folder, recipe: smallRecipe(formats) });
  const { test: samples, pixels } = await loadDataset(images);
  const model = loadModel(folder);
  const labels = Array.from(
    { length: samples.count },
    (_, n) => model.predict(samples.images.subarray(n * pixels, (n + 1) * pixels)).label,
  );
  expect(labels).toEqual([...(result.test?.predictions ?? [])]);
});
