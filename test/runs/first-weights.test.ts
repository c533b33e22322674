/** Runs that begin with the weights of another run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataSet, loadDataset } from '#host/data/index';
import { parameterRequests } from '#host/endpoint/index';
import { Kernel } from '#host/kernel/index';
import { configureRequest, type Recipe, trainRequest } from '#host/model/index';
import { CONFIG } from '#host/records/checkpoint';
import { loadRun } from '#host/records/index';
import { verifyLockstep } from '#host/runs/index';
import { MinibatchPlan } from '#host/training/index';
import { packImage } from '#host/wire/index';
import { easyGestures, gesturesCsv } from '../../examples/gestures.mjs';
import { refusal } from '../data/folder.js';
import { begin, epochsOf, expectResumed, goOn, roomForRuns, simulated } from './runs.js';
import { smallRecipe, writeSmallData } from './small-data.js';

const { data, fresh } = roomForRuns();
const other = { rates: [0.1, 0.05], seed: 7, minibatch: 20 };

let before: string;
beforeAll(async () => {
  before = fresh();
  await begin({ data, folder: before, recipe: smallRecipe() });
});

/** The digest that a kernel comes to which has the weights of the run before and is given a run's minibatches. */
async function digestByHand(recipe: Recipe, steps?: number): Promise<string> {
  const { parameters, state } = loadRun(before);
  const { training, pixels } = await loadDataset(data);
  const kernel = new Kernel(2 ** 20);
  kernel.execute('configure', configureRequest(recipe));
  for (const request of parameterRequests(parameters)) kernel.execute('write', request);
  kernel.execute('load', { digest: BigInt(`0x${state.position.digest}`), step: 0 });
  const plan = new MinibatchPlan(recipe);
  let digest = 0n;
  for (let step = 0; step < (steps ?? plan.steps); step++) {
    const indices = plan.examplesOf(step);
    indices.forEach((index, slot) => {
      const image = packImage(training.images.subarray(index * pixels, (index + 1) * pixels));
      kernel.execute('sample', { slot, label: training.labels[index], image });
    });
    const rates = plan.ratesOf(step, indices.length);
    digest = kernel.execute('train', trainRequest(step, indices.length, rates)).weights;
  }
  return digest.toString(16).padStart(16, '0');
}

describe('a run that begins with the weights of another', () => {
  test.each([
    { kind: 'digest' },
    { kind: 'all' },
    { kind: 'every', minibatches: 3 },
    { kind: 'off' },
  ] as const)('learns what a kernel learns that has them, checked by $kind', async (verification) => {
    const recipe = smallRecipe(other);
    const { result, start } = await begin({ data, folder: fresh(), recipe, from: before, verification });
    expect(result.position.digest).toBe(await digestByHand(recipe));
    const { digest, step } = loadRun(before).state.position;
    const from = { folder: before, step, digest };
    expect(start).toMatchObject({ step: 0, from });
    expect(loadRun(result.folder.path).state.from).toEqual(from);
    expect(JSON.parse(readFileSync(join(result.folder.path, CONFIG), 'utf8')).from).toEqual(from);
  });

  test('verify begins with them too', async () => {
    const recipe = smallRecipe(other);
    const dataset = await loadDataset(data);
    const { digest, parameters } = await verifyLockstep(
      recipe,
      dataset,
      simulated,
      5,
      () => undefined,
      before,
    );
    expect(digest.toString(16).padStart(16, '0')).toBe(await digestByHand(recipe, 5));
    expect(parameters).toBe(36 * 24 + 24 * 4 + 24 + 4);
  });

  test('goes on bit for bit, its shadow and its persistent states too', async () => {
    const recipe = smallRecipe({ ...other, start: 'persistent' });
    const plan = { data, recipe, from: before, shadow: true, compareEvery: 5 };
    const whole = await begin({ ...plan, folder: fresh() });
    const folder = fresh();
    let trained = 0;
    await begin({ ...plan, folder, interruptAt: ({ phase }) => phase === 'training' && ++trained === 17 });
    expect(loadRun(folder).state.position.step).toBeLessThan(whole.result.position.step);
    const resumed = await goOn(folder);
    expectResumed(resumed, whole);
    expect(resumed.start?.from).toEqual(loadRun(whole.result.folder.path).state.from);
  });

  test('its shadow begins with them as well: neither is a beginner', async () => {
    const recipe = smallRecipe({ ...other, epochs: 1, rates: [0.001, 0.001] });
    const [first] = epochsOf(await begin({ data, folder: fresh(), recipe, from: before, shadow: true }));
    const [drawn] = epochsOf(await begin({ data, folder: fresh(), recipe, shadow: true }));
    expect(first.trainingError).toBeLessThan(10);
    expect(first.referenceTrainingError).toBeLessThan(10);
    expect(drawn.trainingError).toBeGreaterThan(40);
  });

  test('leaves what is fixed as it was', async () => {
    const recipe = smallRecipe({ ...other, fixed: [1] });
    const { result } = await begin({ data, folder: fresh(), recipe, from: before });
    const [{ weights, biases }, first] = [result.parameters, loadRun(before).parameters];
    expect(weights[0]).toEqual(first.weights[0]);
    expect(biases[0]).toEqual(first.biases[0]);
    expect(weights[1]).not.toEqual(first.weights[1]);
    expect(biases[1]).not.toEqual(first.biases[1]);
    expect(result.position.digest).toBe(await digestByHand(recipe));
  });

  test.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [{ network: '36-20-4' }, /this run has layers 6x6-20-4, .* has 6x6-24-4; .*without --from/],
    [{ network: '36-24-8-4', rates: [0.1, 0.1, 0.1] }, /has layers 6x6-24-8-4/],
    [{ 'receptive-fields': '3..5' }, /has connections 0 to 1 windows 3 5, .* has 0 to 1 dense, 1 to 2 dense/],
    [{ weights: 'Q1.14' }, /has weights Q1\.14,Q1\.14, .* has Q2\.13,Q2\.13/],
    [{ weights: 'Q0.7', states: 'Q2.13' }, /has weights Q0\.7/],
    [{ states: 'Q3.12' }, /has states Q3\.12, .* has Q2\.13/],
  ])('is refused with %o, and leaves no folder', async (changes, message) => {
    const folder = fresh();
    expect(await refusal(begin({ data, folder, recipe: smallRecipe(changes), from: before }))).toMatch(
      message,
    );
    expect(() => loadRun(folder)).toThrow('there is no folder');
  });

  test('is refused receptive fields of another seed', async () => {
    const folder = fresh();
    const recipe = (seed: number) => smallRecipe({ 'receptive-fields': '3..5', epochs: 1, seed });
    await begin({ data, folder, recipe: recipe(1) });
    const attempt = begin({ data, folder: fresh(), recipe: recipe(2), from: folder });
    expect(await refusal(attempt)).toMatch(/has receptive fields of seed 2, .* has 1;/);
    const { result } = await begin({ data, folder: fresh(), recipe: recipe(1), from: folder });
    expect(result.finished).toBe(true);
  });

  test('is refused pictures of another shape, and a folder that holds no run', async () => {
    const wide = fresh();
    mkdirSync(wide);
    writeSmallData(wide, 300, 5);
    const recipe = smallRecipe({ network: '25-24-4' });
    expect(await refusal(begin({ data: wide, folder: fresh(), recipe, from: before }))).toMatch(
      /has layers 5x5-24-4/,
    );
    const attempt = begin({ data, folder: fresh(), recipe: smallRecipe(), from: data });
    expect(await refusal(attempt)).toMatch(/there is no checkpoint in/);
  });
});

describe('on a sensor’s data', () => {
  const reading = { shape: { channels: 6, rows: 1, columns: 50 } };
  const recipe = smallRecipe({ network: '600-16-4', rates: [0.1, 0.05], training: '0..96' });
  const write = (name: string, gestures: ReturnType<typeof easyGestures>) => {
    const path = join(data, name);
    writeFileSync(path, gesturesCsv(gestures));
    return path;
  };
  let learnt: string;
  beforeAll(async () => {
    learnt = fresh();
    await begin({ data: write('first.csv', easyGestures(1, 240)), reading, folder: learnt, recipe });
  });

  test('scaling and classes stay those of the run before, when it is taken up too', async () => {
    const gestures = easyGestures(2, 120);
    const doubled = { ...gestures, features: gestures.features.map((row) => row.map((value) => 2 * value)) };
    const path = write('doubled.csv', doubled);
    const known = loadRun(learnt).state;
    expect((await loadDataset(path, reading)).scaling).not.toEqual(known.scaling);
    const plan = { data: path, reading, recipe, from: learnt };
    const whole = await begin({ ...plan, folder: fresh() });
    const { scaling, classNames } = loadRun(whole.result.folder.path).state;
    expect({ scaling, classNames }).toEqual({ scaling: known.scaling, classNames: known.classNames });
    const folder = fresh();
    await begin({ ...plan, folder, interruptAt: ({ epoch }) => epoch === 2 });
    expectResumed(await goOn(folder), whole);
  });

  test('another scaling is refused, by word and in memory; so is a class that it does not know', async () => {
    const gestures = easyGestures(3, 120);
    const path = write('third.csv', gestures);
    const attempt = (given: Parameters<typeof begin>[0]['data'], more = {}) =>
      refusal(begin({ data: given, reading, folder: fresh(), recipe, from: learnt, ...more }));
    expect(await attempt(path, { reading: { ...reading, scaling: 'unit' } })).toMatch(
      /--scaling unit for a network that has learnt what is scaled as signed/,
    );
    const memory = dataSet({ ...gestures, shape: { channels: 6, rows: 1, columns: 50 } });
    expect(await attempt(memory)).toMatch(/this run has scaling signed by .* has signed by/);
    const named = write('named.csv', { ...gestures, labels: gestures.labels.map((name) => `${name}s`) });
    expect(await attempt(named)).toMatch(
      /line \d+: class '\w+s' is not among those trained on: circle, shake/,
    );
  });
});
