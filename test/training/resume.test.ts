/** A run that is interrupted and taken up is the run that never was interrupted. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Recipe } from '#host/model/recipe';
import { renderReport } from '#host/report/report';
import { CHECKPOINT, CONFIG, loadCheckpoint, PREVIOUS, saveCheckpoint } from '#host/training/checkpoint';
import { evaluateRun } from '#host/training/evaluate-run';
import { DEPTH } from '#host/training/pipeline';
import type { Position, Progress } from '#host/training/progress';
import { reportData } from '#host/training/run-report';
import { loadRun } from '#host/training/saved-run';
import { type StateMark, statesFile } from '#host/training/state-journal';
import { begin, goOn, type Recorded, savedStates, simulated, timeless } from './runs.js';
import { smallRecipe, TEST, TRAINING, temporaryFolder, writeSmallData } from './small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let data: string;
let runs = 0;
const fresh = () => join(temporary.path, `run-${runs++}`);

beforeAll(() => {
  temporary = temporaryFolder();
  data = temporary.path;
  writeSmallData(data);
});
afterAll(() => temporary.remove());

function expectSame(resumed: Recorded, whole: Recorded): void {
  expect(resumed.result.finished).toBe(true);
  expect(resumed.start?.note ?? '').not.toContain('has lost');
  expect(resumed.result.position.digest).toBe(whole.result.position.digest);
  expect(resumed.result.position.saturations).toBe(whole.result.position.saturations);
  expect(timeless(resumed.result.folder.metrics())).toEqual(timeless(whole.result.folder.metrics()));
  expect(resumed.result.test?.predictions).toEqual(whole.result.test?.predictions);
  // Reference and states to the last bit too.
  const [ours, theirs] = [resumed, whole].map(({ result }) => result.folder.path);
  expect(loadRun(ours).arrays).toEqual(loadRun(theirs).arrays);
  expect(savedStates(ours)).toEqual(savedStates(theirs));
}

const variants: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'zero start, centered': { 'weight-decay': [1e-3, 0], 'decay-interval': 7, schedule: 'linear' },
  'persistent start, random sign, validation': {
    start: 'persistent',
    nudging: 'random-sign',
    relaxation: 'euler',
    'free-iterations': 6,
    'nudged-iterations': 3,
    training: '0..250',
    validation: '250..300',
  },
};

describe.each(Object.entries(variants))('%s, with the reference beside', (_, changes) => {
  let whole: Recorded;
  const plan = () => ({
    data,
    folder: fresh(),
    recipe: smallRecipe(changes),
    shadow: true,
    compareEvery: 5,
  });
  beforeAll(async () => {
    whole = await begin(plan());
  });

  test.each([1, 16, 30])('interrupted at minibatch %i', async (minibatch) => {
    const { folder, ...rest } = plan();
    let trained = 0;
    const first = await begin({
      ...rest,
      folder,
      interruptAt: ({ phase }) => phase === 'training' && ++trained === minibatch,
    });
    const { step } = first.result.position;
    expect(first.result.finished).toBe(false);
    expect(step).toBeGreaterThanOrEqual(minibatch);
    // Others may have been under way.
    expect(step).toBeLessThanOrEqual(minibatch + DEPTH - 1);
    const resumed = await goOn(folder);
    expect(resumed.start?.step).toBe(step);
    expectSame(resumed, whole);
  });

  test('interrupted again and again', async () => {
    const { folder, ...rest } = plan();
    const every = (n: number) => {
      let trained = 0;
      return ({ phase }: Progress) => phase === 'training' && ++trained === n;
    };
    let recorded = await begin({ ...rest, folder, interruptAt: every(5) });
    let times = 0;
    while (!recorded.result.finished) {
      recorded = await goOn(folder, { interruptAt: every(8) });
      times++;
    }
    expect(times).toBeGreaterThan(2);
    expectSame(recorded, whole);
  });

  test('taken up at the checkpoint before the newest', async () => {
    const { folder, ...rest } = plan();
    let trained = 0;
    const interruptAt = ({ phase }: Progress) => phase === 'training' && ++trained === 30;
    const { result } = await begin({ ...rest, folder, interruptAt, checkpointInterval: 1e-6 });
    rmSync(join(folder, CHECKPOINT));
    const resumed = await goOn(folder, { checkpointInterval: 1e-6 });
    expect(resumed.start?.step).toBeGreaterThan(0);
    expect(resumed.start?.step).toBeLessThan(result.position.step);
    expectSame(resumed, whole);
  });

  test('from a checkpoint of before states were kept apart', async () => {
    const { folder, ...rest } = plan();
    let trained = 0;
    await begin({ ...rest, folder, interruptAt: ({ phase }) => phase === 'training' && ++trained === 9 });
    const { checkpoint } = loadCheckpoint(folder);
    const { states: mark, ...state } = checkpoint.state as { readonly states?: StateMark };
    const states = savedStates(folder);
    expect(states === undefined).toBe(mark === undefined);
    saveCheckpoint(folder, { state, arrays: { ...checkpoint.arrays, ...(states && { states }) } });
    if (mark) rmSync(join(folder, statesFile(mark.generation)));
    rmSync(join(folder, PREVIOUS));
    expectSame(await goOn(folder), whole);
  });

  test('interrupted while testing', async () => {
    // More minibatches than are under way at once.
    const small = () => ({ ...plan(), recipe: smallRecipe({ ...changes, minibatch: 4 }) });
    const whole = await begin(small());
    const { folder, ...rest } = small();
    const first = await begin({ ...rest, folder, interruptAt: ({ phase }) => phase === 'test' });
    expect(first.result.finished).toBe(false);
    const tested = ({ progress }: Recorded) => progress.filter(({ phase }) => phase === 'test').length;
    expect(tested(first)).toBeLessThanOrEqual(DEPTH);
    expect(tested(first)).toBeLessThan(tested(whole));
    expectSame(await goOn(folder), whole);
  });

  test('checkpoints at every opportunity change nothing', async () => {
    expectSame(await begin({ ...plan(), checkpointInterval: 1e-6 }), whole);
  });

  test('finished, and taken up once more: what was not measured is not told', async () => {
    const { folder, ...rest } = plan();
    await begin({ ...rest, folder });
    const again = await goOn(folder);
    expectSame(again, whole);
    expect(again.result.samplesPerSecond).toBeUndefined();
    expect(again.result.trainer.headroom.layers).toEqual(whole.result.trainer.headroom.layers);
    const { facts } = reportData(again.result);
    const final = again.result.folder.metrics().at(-1);
    for (const told of [facts, final]) expect(told).not.toHaveProperty('samplesPerSecond');
    expect(renderReport(reportData(again.result))).not.toMatch(/samples\/s|NaN/);
  });
});

test('saturations are counted from the start of the run', async () => {
  const changes = { network: '36-6-4', 'initial-scale': 2.0, rates: [0.05, 1] };
  const recipe = smallRecipe({ ...changes, weights: 'Q0.15', states: 'Q4.11' });
  const whole = await begin({ data, folder: fresh(), recipe });
  const folder = fresh();
  const interruptAt = ({ done }: Progress) => done === TRAINING;
  const { saturations } = (await begin({ data, folder, recipe, interruptAt })).result.position;
  expect(saturations).toBeGreaterThan(0);
  expect(whole.result.position.saturations).toBeGreaterThan(saturations);
  expectSame(await goOn(folder), whole);
});

test('of an epoch whose beginning was not counted, products are not told', async () => {
  const folder = fresh();
  const recipe = smallRecipe();
  await begin({ data, folder, recipe, interruptAt: (_, times) => times === 5 });
  const { checkpoint } = loadCheckpoint(folder);
  const state = checkpoint.state as { readonly position: Position };
  const { products, ...tally } = state.position.tally;
  expect(products).toBeGreaterThan(0);
  saveCheckpoint(folder, { ...checkpoint, state: { ...state, position: { ...state.position, tally } } });
  const { result } = await goOn(folder);
  const epochs = result.folder.metrics().filter((entry) => entry.kind === 'epoch');
  expect(epochs.map(({ products }) => typeof products)).toEqual(['undefined', 'number']);
});

describe('interrupted while validating', () => {
  const changes = variants['persistent start, random sign, validation'];
  const plan = () => ({ data, folder: fresh(), recipe: smallRecipe(changes), shadow: true });

  let whole: Recorded;
  beforeAll(async () => {
    whole = await begin(plan());
  });

  test.each([1, 3, 5])('at validation minibatch %i', async (minibatch) => {
    const { folder, ...rest } = plan();
    let validated = 0;
    const first = await begin({
      ...rest,
      folder,
      interruptAt: ({ phase }) => phase === 'validation' && ++validated === minibatch,
    });
    expect(first.result.finished).toBe(false);
    expectSame(await goOn(folder), whole);
  });

  test('after its epoch was told, and before that was saved', async () => {
    const { folder, ...rest } = plan();
    await begin({ ...rest, folder, interruptAt: ({ phase }) => phase === 'validation' });
    const told = whole.result.folder.metrics().find(({ kind }) => kind === 'epoch');
    appendFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify(told)}\n`);
    expectSame(await goOn(folder), whole);
  });
});

describe('a run is taken up', () => {
  const recipe = smallRecipe({ epochs: 1 });
  let whole: Recorded;
  let interrupted: string;
  beforeAll(async () => {
    whole = await begin({ data, folder: fresh(), recipe });
    interrupted = fresh();
    let trained = 0;
    await begin({
      data,
      folder: interrupted,
      recipe,
      interruptAt: ({ phase }) => phase === 'training' && ++trained === 9,
    });
  });
  const copy = () => {
    const folder = fresh();
    cpSync(interrupted, folder, { recursive: true });
    return folder;
  };

  test('at the checkpoint before, where the newest is damaged', async () => {
    const folder = copy();
    truncateSync(join(folder, CHECKPOINT), 500);
    const resumed = await goOn(folder);
    expect(resumed.start).toMatchObject({ step: 0, note: expect.stringContaining('is damaged') });
    expectSame(resumed, whole);
  });

  test('where saving was cut short between the two renames', async () => {
    const folder = copy();
    renameSync(join(folder, CHECKPOINT), join(folder, `${CHECKPOINT}.new`));
    const resumed = await goOn(folder);
    expect(resumed.start?.note).toContain('is not there');
    expect(resumed.start?.step).toBeGreaterThan(8);
    expectSame(resumed, whole);
    expect(existsSync(join(folder, CHECKPOINT))).toBe(true);
  });

  test('without the lines that its log has lost, which is told', async () => {
    const folder = fresh();
    cpSync(whole.result.folder.path, folder, { recursive: true });
    const log = join(folder, 'metrics.jsonl');
    writeFileSync(log, '');
    const resumed = await goOn(folder);
    expect(resumed.start?.note).toBe(`${log} has lost 1 of 1 epochs`);
    expect(resumed.result.position.digest).toBe(whole.result.position.digest);
  });

  test('what it has come to is not the checkpoint before', async () => {
    const folder = copy();
    truncateSync(join(folder, CHECKPOINT), 500);
    const evaluated = evaluateRun(folder, simulated, 'test', undefined, () => undefined);
    await expect(evaluated).rejects.toMatchObject({
      message: expect.stringMatching(/is damaged: .*; the one before it is of minibatch 0$/),
      hint: expect.stringContaining(`--resume ${folder}`),
    });
  });

  function rewriteRecipe(folder: string, change: (recipe: Recipe) => Partial<Recipe>): void {
    const path = join(folder, CONFIG);
    const config = JSON.parse(readFileSync(path, 'utf8')) as { recipe: Recipe };
    writeFileSync(path, JSON.stringify({ ...config, recipe: change(config.recipe) }));
  }

  test('beside a recipe of before a key there was', async () => {
    const folder = copy();
    rewriteRecipe(folder, ({ 'input-dropout': _, ...rest }) => rest);
    expectSame(await goOn(folder), whole);
  });

  test.each([
    ['changed', { seed: 77 }, 'seed 77, the checkpoint beside it 1'],
    ['made impossible', { seed: -1 }, 'config.json: seed'],
  ])('not beside a recipe that was %s', async (_, change, told) => {
    const folder = copy();
    rewriteRecipe(folder, (recipe) => ({ ...recipe, ...change }));
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(goOn(folder)).rejects.toThrow(told);
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(metrics);
  });

  test('not beside a recipe that cannot be read, but without one', async () => {
    const folder = copy();
    writeFileSync(join(folder, CONFIG), 'null');
    await expect(goOn(folder)).rejects.toThrow(`${join(folder, CONFIG)} cannot be read`);
    rmSync(join(folder, CONFIG));
    expectSame(await goOn(folder), whole);
  });

  test('not without any checkpoint', async () => {
    const folder = copy();
    for (const name of [CHECKPOINT, PREVIOUS]) rmSync(join(folder, name));
    await expect(goOn(folder)).rejects.toMatchObject({
      message: `there is no checkpoint in ${folder}: the run ended before its first, or the files were deleted`,
      hint: expect.stringContaining(`--out ${folder}`),
    });
  });

  test('not where both checkpoints are damaged', async () => {
    const folder = copy();
    for (const name of [CHECKPOINT, PREVIOUS]) truncateSync(join(folder, name), 500);
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(goOn(folder)).rejects.toThrow('no checkpoint can be used');
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(metrics);
  });

  test('with a data set that was moved', async () => {
    const [folder, from, to] = [fresh(), fresh(), fresh()];
    mkdirSync(from);
    writeSmallData(from);
    const interruptAt = ({ phase, done }: Progress) => phase === 'training' && done === 5 * 16;
    await begin({ data: from, folder, recipe, interruptAt });
    renameSync(from, to);
    await expect(goOn(folder)).rejects.toThrow(`there is no directory ${from}`);
    expectSame(await goOn(folder, { data: to }), whole);
  });

  test.each([
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
  ])('not with another %s', async (name) => {
    const [folder, from] = [fresh(), fresh()];
    mkdirSync(from);
    writeSmallData(from);
    const interruptAt = ({ phase, done }: Progress) => phase === 'training' && done === 5 * 16;
    await begin({ data: from, folder, recipe, interruptAt });
    const file = join(from, name);
    const bytes = readFileSync(file);
    const last = bytes.length - 1;
    bytes[last] ^= 1;
    writeFileSync(file, bytes);
    const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(goOn(folder)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        new RegExp(`is not the data set that ${folder} was trained on: SHA-256 \\w{16}…, not \\w{16}…$`),
      ),
      hint: expect.stringContaining('--data'),
    });
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(metrics);
    await expect(evaluateRun(folder, simulated, 'test', undefined, () => undefined)).rejects.toThrow(
      'is not the data set',
    );
    const elsewhere = await evaluateRun(folder, simulated, 'test', from, () => undefined);
    expect(elsewhere.samples).toBe(TEST);
    expectSame(await goOn(folder, { data }), whole);
  });
});
