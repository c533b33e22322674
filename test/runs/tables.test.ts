/** Runs on a sensor's data: read, scaled and split as the run keeps it, whenever it is taken up again. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataSet, loadDataset, type Reading } from '#host/data/index';
import type { Recipe } from '#host/model/index';
import { checkRecipe } from '#host/model/index';
import { loadModel, predictRows } from '#host/prediction/index';
import { CONFIG } from '#host/records/checkpoint';
import { loadRun } from '#host/records/index';
import { evaluateRun } from '#host/runs/evaluate-run';
import { reportData } from '#host/runs/run-report';
import { easyGestures, gesturesCsv } from '../../examples/gestures.mjs';
import { refusal } from '../data/folder.js';
import { begin, expectResumed, goOn, roomForRuns, simulated } from './runs.js';
import { smallValues } from './small-data.js';

const { fresh } = roomForRuns();
const reading: Reading = { shape: { channels: 6, rows: 1, columns: 50 } };

function recipe(network: string, epochs = 3): Recipe {
  const values = {
    ...smallValues,
    network,
    epochs,
    training: '0..192',
    validation: 'none',
    rates: [0.1, 0.05],
  };
  return checkRecipe(values, 'test');
}

let folder: string;
let data: string;
beforeAll(() => {
  folder = fresh();
  mkdirSync(folder);
  data = join(folder, 'gestures.csv');
  writeFileSync(data, gesturesCsv(easyGestures(1, 240)));
});

const tried = (run: string, on?: string) => evaluateRun(run, simulated, 'test', on, () => undefined);

describe('a run on gestures', () => {
  test.each([
    '600-16-4',
    '12x1x50-16-4',
  ])('learns them with %s, goes on bit for bit, and keeps how they were read', async (network) => {
    const [whole, cut] = [fresh(), fresh()];
    const plan = { data, reading, recipe: recipe(network), shadow: true, compareEvery: 4 };
    const finished = await begin({ ...plan, folder: whole });
    expect(finished.result.test?.evaluations.at(-1)?.error).toBeLessThanOrEqual(2);
    await begin({ ...plan, folder: cut, interruptAt: ({ epoch }) => epoch === 2 });
    expectResumed(await goOn(cut), finished);

    const { state } = loadRun(whole);
    const { scaling, classNames } = await loadDataset(data, reading);
    expect(state).toMatchObject({
      data,
      reading,
      scaling,
      classNames,
      picture: { rows: 1, columns: 50, channels: 12 },
    });
    const config = JSON.parse(readFileSync(join(whole, CONFIG), 'utf8'));
    expect(config).toMatchObject({ reading, scaling, classNames, picture: { channels: 12 } });
    expect(reportData(finished.result).confusion).toHaveLength(4);
  });

  test('is tried on other files as its own were scaled, and on no other classes', async () => {
    const run = fresh();
    const { result } = await begin({ data, reading, folder: run, recipe: recipe('600-16-4') });
    expect((await tried(run)).wrong).toBe(
      Math.round(((result.test?.evaluations.at(-1)?.error ?? 0) * 48) / 100),
    );
    const gestures = easyGestures(2, 120);
    const other = join(folder, 'other.csv');
    writeFileSync(other, gesturesCsv(gestures));
    const { samples, error } = await tried(run, other);
    expect(samples).toBe(120);
    expect(error).toBeLessThanOrEqual(2);
    // One example alone has no range of its own.
    writeFileSync(
      other,
      gesturesCsv({ ...gestures, features: gestures.features.slice(3, 4), labels: ['wave'] }),
    );
    expect(await tried(run, other)).toMatchObject({ samples: 1, wrong: 0 });
    writeFileSync(
      other,
      gesturesCsv({ ...gestures, labels: gestures.labels.map((name) => name.toUpperCase()) }),
    );
    expect(await refusal(tried(run, other))).toMatch(
      /line 2: class 'CIRCLE' is not among those trained on: circle, shake/,
    );
  });

  test('goes on where its files were moved, its test set too, and not with others', async () => {
    const run = fresh();
    const [train, kept, elsewhere] = ['train.csv', 'kept.csv', 'moved.csv'].map((name) => join(folder, name));
    writeFileSync(train, gesturesCsv(easyGestures(3, 192)));
    writeFileSync(kept, gesturesCsv(easyGestures(4, 48)));
    const plan = { data: train, reading: { ...reading, test: kept }, recipe: recipe('600-16-4') };
    await begin({ ...plan, folder: run, interruptAt: ({ epoch }) => epoch === 2 });
    renameSync(kept, elsewhere);
    expect(await refusal(goOn(run))).toMatch(/there is no file .*kept\.csv/);
    expect((await goOn(run, { movedTest: elsewhere, epochs: 3 })).result.finished).toBe(true);
    expect(loadRun(run).state.reading?.test).toBe(elsewhere);
    expect(await refusal(goOn(run, { movedTest: train }))).toMatch(
      /is not the data set that .* was trained on/,
    );
  });

  test('knows its columns in any order: it goes on, is tried and asked bit for bit as with its own', async () => {
    const [whole, cut] = [fresh(), fresh()];
    const file = join(folder, 'ordered.csv');
    const turned = join(folder, 'turned.csv');
    const gestures = easyGestures(5, 240);
    const source = gestures.columns.map((_, at) => (at * 7) % 300);
    writeFileSync(file, gesturesCsv(gestures));
    writeFileSync(
      turned,
      gesturesCsv({
        ...gestures,
        columns: source.map((at) => gestures.columns[at]),
        features: gestures.features.map((row) => Float64Array.from(source, (at) => row[at])),
      }),
    );
    const plan = { data: file, reading, recipe: recipe('600-16-4') };
    const finished = await begin({ ...plan, folder: whole });
    await begin({ ...plan, folder: cut, interruptAt: ({ epoch }) => epoch === 2 });
    expect(loadRun(cut).state.columnNames).toEqual(gestures.columns);
    expectResumed(await goOn(cut, { data: turned }), finished);

    const { note, ...found } = await tried(whole, turned);
    expect(note).toMatch(/turned\.csv stand in another order .* taken by their names$/);
    expect(await tried(whole, file)).toEqual(found);
    const model = loadModel(whole);
    const asked = async (path: string) => {
      const rows = [];
      for await (const row of predictRows(model, path)) rows.push(row);
      return rows;
    };
    expect(await asked(turned)).toEqual(await asked(file));
    writeFileSync(turned, gesturesCsv({ ...gestures, columns: gestures.columns.with(4, 'ax_4') }));
    const told = /columns that were trained on are not in \S+: 'ax4'; did you mean 'ax4' by 'ax_4'\?/;
    for (const work of [() => tried(whole, turned), () => asked(turned), () => goOn(cut, { data: turned })])
      expect(await refusal(work)).toMatch(told);
  });

  test('begun with data that were read goes on with what is read there again', async () => {
    const [whole, cut] = [fresh(), fresh()];
    const plan = { data: await loadDataset(data, reading), recipe: recipe('600-16-4') };
    const finished = await begin({ ...plan, folder: whole });
    await begin({ ...plan, folder: cut, interruptAt: ({ epoch }) => epoch === 2 });
    expect(loadRun(cut).state).toMatchObject({ data, reading });
    expectResumed(await goOn(cut), finished);
  });

  test('in memory is given again to go on', async () => {
    const run = fresh();
    const gestures = dataSet({
      ...easyGestures(1, 240),
      name: 'mine',
      shape: { channels: 6, rows: 1, columns: 50 },
    });
    await begin({
      data: gestures,
      folder: run,
      recipe: recipe('600-16-4'),
      interruptAt: ({ epoch }) => epoch === 2,
    });
    expect(await refusal(goOn(run))).toMatch(
      /was trained on data that a program had in memory; give that program's data set again, as `movedData`/,
    );
    expect(await refusal(tried(run))).toMatch(/was trained on data that a program had in memory/);
    expect((await goOn(run, { data: gestures })).result.finished).toBe(true);
  });
});

test('a network of other inputs is refused, with one that fits', async () => {
  const attempt = (network: string) =>
    refusal(begin({ data, reading, folder: fresh(), recipe: recipe(network) }));
  expect(await attempt('300-16-4')).toMatch(
    /has 300 inputs, gestures has 600 pixels, 12 × 1 × 50; begin the network with 600: 600-16-4/,
  );
  expect(await attempt('6x1x50-16-4')).toMatch(/begin the network with 12x1x50: 12x1x50-16-4/);
  expect(await attempt('6x2x50-16-4')).toMatch(
    /begins with another picture than gestures has, 12 × 1 × 50; begin the network with 12x1x50/,
  );
});
