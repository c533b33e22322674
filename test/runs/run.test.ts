/** Whole runs on the simulated device. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { UserError } from '#host/ground/index';
import { loadRun } from '#host/records/index';
import { begin, epochsOf, goOn, type Recorded, roomForRuns, simulated, timeless } from './runs.js';
import { smallRecipe, TEST, TRAINING } from './small-data.js';

const { data, fresh } = roomForRuns();

const run = (
  changes: Readonly<Record<string, unknown>> = {},
  more: Partial<Parameters<typeof begin>[0]> = {},
) => begin({ data, folder: fresh(), recipe: smallRecipe(changes), ...more });

const testError = ({ result }: Recorded) =>
  result.test?.evaluations.find(({ set }) => set === 'test')?.error ?? Number.NaN;

const CHANCE = 75;

describe('a run', () => {
  let first: Recorded;
  beforeAll(async () => {
    first = await run({}, { compareEvery: 7, shadow: true });
  });

  test('learns', () => {
    expect(first.result.finished).toBe(true);
    expect(testError(first)).toBeLessThan(CHANCE / 5);
    const epochs = epochsOf(first);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 19],
      [2, 38],
    ]);
    expect(epochs[1].trainingError).toBeLessThan(epochs[0].trainingError);
    expect(epochs[1].cost).toBeLessThan(epochs[0].cost);
  });

  test('has every reply checked', () => {
    const configureAndInitialise = 2;
    const tests = Math.ceil(TEST / 16);
    expect(first.result.position.checked).toBe(configureAndInitialise + 38 + tests);
    expect(epochsOf(first).map(({ checked }) => checked)).toEqual([2 + 19, 2 + 38]);
  });

  test('stays near the reference, from the device’s weights and from its own', () => {
    const steps = first.result.folder.metrics().filter((entry) => entry.kind === 'divergence');
    expect(steps.map(({ step }) => step)).toEqual([1, 8, 15, 22, 29, 36]);
    for (const { stateWorst, contrastCosines, predictionsAgree } of steps) {
      expect(stateWorst).toBeLessThan(2 ** -10);
      expect(Math.min(...contrastCosines.map(Number))).toBeGreaterThan(0.999);
      expect(predictionsAgree).toBe(1);
    }
    for (const { trainingError, referenceTrainingError } of epochsOf(first))
      expect(Math.abs(trainingError - (referenceTrainingError ?? Number.NaN))).toBeLessThan(3);
  });

  test('is begun with a note where the nudge is lost in the states', async () => {
    expect(first.start?.note).toBeUndefined();
    const faint = await run({ epochs: 1, beta: 0.002, states: 'Q2.13', rates: [0.01, 0.01] });
    expect(faint.start?.note).toMatch(/β 0\.002 is 16 steps of states in Q2\.13/);
  });

  test('leaves a folder that tells how it was made', () => {
    const { path } = first.result.folder;
    expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toMatchObject({
      preset: 'test',
      data,
      device: 'simulated',
      shadow: true,
      recipe: { network: '36-24-4', seed: 1 },
    });
    const kinds = first.result.folder.metrics().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'divergence')).toEqual(['epoch', 'epoch', 'final']);
    const { state } = loadRun(path);
    expect(state.position).toMatchObject({ step: 38, digest: first.result.position.digest });
  });

  test.each([
    0,
    Number.POSITIVE_INFINITY,
  ])('is refused a checkpoint every %d ms', async (checkpointInterval) => {
    await expect(run({}, { checkpointInterval })).rejects.toMatchObject({
      message: `the interval between checkpoints is ${checkpointInterval} ms`,
      hint: expect.stringContaining('up to 2147483000 (24 days)'),
    });
  });

  test('tells its progress, epoch by epoch', () => {
    const training = first.progress.filter(({ phase }) => phase === 'training');
    expect(training).toHaveLength(38);
    expect(training.map(({ epoch }) => epoch)).toEqual([...Array(19).fill(1), ...Array(19).fill(2)]);
    expect(training[18]).toMatchObject({ done: TRAINING, total: TRAINING, epochs: 2 });
    expect(first.progress.at(-1)).toMatchObject({ phase: 'test', epoch: 2, done: TEST, total: TEST });
  });

  test('is the same twice, to the bit', async () => {
    const again = await run({}, { compareEvery: 7, shadow: true });
    expect(again.result.position.digest).toBe(first.result.position.digest);
    expect(again.result.test?.predictions).toEqual(first.result.test?.predictions);
    expect(timeless(again.result.folder.metrics())).toEqual(timeless(first.result.folder.metrics()));
  });

  test('does not depend on what is watched, nor on the line', async () => {
    const chunked = { ...simulated, options: { ...simulated.options, chunkSeed: 3, window: 1500 } };
    const plain = await run({}, { device: chunked, checkpointInterval: 1 });
    expect(plain.result.position.digest).toBe(first.result.position.digest);
  });

  test('is another one with another seed', async () => {
    const other = await run({ seed: 2 });
    expect(other.result.position.digest).not.toBe(first.result.position.digest);
    expect(testError(other)).toBeLessThan(CHANCE / 5);
  });

  test('is another one in another order', async () => {
    const ordered = await run({ shuffle: false });
    expect(ordered.result.position.digest).not.toBe(first.result.position.digest);
  });
});

describe('the recipe’s choices learn', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['positive nudging', { nudging: 'positive' }],
    ['random sign', { nudging: 'random-sign' }],
    ['the full cost', { cost: 'full', beta: 0.15, rates: [0.1, 0.05] }],
    ['euler', { relaxation: 'euler', 'free-iterations': 30, 'nudged-iterations': 8 }],
    ['nearest rounding', { rounding: 'nearest' }],
    ['weight decay', { 'weight-decay': [1e-4, 1e-4], 'decay-interval': 10 }],
    ['a penalty by L1', { penalty: 'L1', 'weight-decay': [1e-5, 1e-5], 'decay-interval': 10 }],
    ['a pulled input', { 'input-pull': 10 }],
    ['a falling rate', { schedule: 'cosine' }],
    [
      'two hidden layers',
      { network: '36-20-16-4', rates: [0.4, 0.2, 0.1], 'free-iterations': 20, epochs: 4 },
    ],
    ['no hidden layer', { network: '36-4', rates: [0.05], epochs: 4 }],
    ['coarse formats', { weights: 'Q4.11', states: 'Q5.10' }],
    ['persistent states', { start: 'persistent', 'free-iterations': 6, epochs: 4 }],
  ])('%s', async (_, changes) => {
    const recorded = await run(changes, { compareEvery: 10 });
    expect(testError(recorded)).toBeLessThan(CHANCE / 3);
    for (const entry of recorded.result.folder.metrics())
      if (entry.kind === 'divergence') {
        expect(entry.stateRms).toBeLessThan(2 ** -6);
        expect(Math.min(...entry.contrastCosines.map(Number))).toBeGreaterThan(0.98);
      }
  });
});

test.each(['L2', 'L1'])('decay by %s makes weights smaller', async (penalty) => {
  const sum = ({ result }: Recorded) =>
    Array.from(result.parameters.weights[0]).reduce((total, weight) => total + Math.abs(weight), 0);
  const decay = penalty === 'L1' ? 1e-3 : 0.01;
  const decayed = await run({ penalty, 'weight-decay': [decay, 0], 'decay-interval': 5 });
  expect(sum(decayed)).toBeLessThan(0.9 * sum(await run()));
});

test('validation is told every epoch, from both starts at the end', async () => {
  const changes = { start: 'persistent', training: '0..200', validation: '200..300', 'free-iterations': 4 };
  const recorded = await run(changes, { shadow: true });
  for (const { validation } of epochsOf(recorded))
    expect(validation).toMatchObject({ set: 'validation', start: 'persistent', samples: 100 });
  expect(recorded.result.test?.evaluations.map(({ set, start }) => `${set} ${start}`)).toEqual([
    'validation persistent',
    'validation zero',
    'test zero',
  ]);
  for (const { referenceError } of recorded.result.test?.evaluations ?? [])
    expect(referenceError).toBeTypeOf('number');
});

test('products are those of training: what validation takes is left out', async () => {
  const changes = { start: 'zero', training: '0..200' };
  const [with_, without] = [await run({ ...changes, validation: '200..300' }), await run(changes)].map(
    (one) => epochsOf(one).map(({ products }) => products),
  );
  expect(with_).toEqual(without);
  // Dense, both phases and all 12 + 2 · 6 iterations: more than any sample can take.
  const most = 24 * (36 + 4) * 2 * (12 + 2 * 6) + 3 * (36 * 24 + 24 * 4);
  for (const products of with_) {
    expect(products).toBeGreaterThan(36 * 4);
    expect(products).toBeLessThan(most);
  }
});

describe('refused before anything is trained', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['inputs', { network: '35-24-4' }, 'network 35-24-4 has 35 inputs'],
    ['outputs', { network: '36-24-3' }, 'network 36-24-3 has 3 outputs'],
    ['too many images', { training: '0..301' }, 'training images 0..301'],
    ['a range that goes down', { training: '20..10' }, 'training images 20..10'],
    ['an empty validation', { validation: '5..5' }, 'validation images 5..5'],
  ])('%s', async (_, changes, message) => {
    const attempt = run(changes);
    await expect(attempt).rejects.toBeInstanceOf(UserError);
    await expect(attempt).rejects.toThrow(message);
  });

  test('a network larger than the arena, in numbers; the folder can be used again', async () => {
    const folder = fresh();
    const recipe = smallRecipe();
    const small = { ...simulated, options: { ...simulated.options, arena: 3_000 } };
    const attempt = begin({ data, folder, recipe, device: small });
    await expect(attempt).rejects.toBeInstanceOf(DeviceError);
    await expect(attempt).rejects.toThrow(/the network needs \d+ bytes, the arena has 3000/);
    await expect(begin({ data, folder, recipe })).resolves.toMatchObject({ result: { finished: true } });
  });

  test('a folder that holds a run', async () => {
    const folder = fresh();
    await begin({ data, folder, recipe: smallRecipe({ epochs: 1 }) });
    const before = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
    await expect(begin({ data, folder, recipe: smallRecipe() })).rejects.toThrow('holds a run already');
    expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe(before);
  });

  test('weights whose drives could wrap from the start', async () => {
    const changes = { weights: 'Q0.15', states: 'Q1.14', 'initial-scale': 3 };
    await expect(run(changes)).rejects.toThrow(
      /the drive of unit \d+ in layer \d can reach .*, its format ends at 4/,
    );
  });
});

test('a line that breaks leaves a checkpoint to go on from', async () => {
  const folder = fresh();
  const recipe = smallRecipe();
  const whole = await begin({ data, folder: fresh(), recipe });
  const broken = begin({
    data,
    folder,
    recipe,
    interruptAt: ({ done }) => {
      if (done === 10 * 16) throw new UserError('the line broke');
      return false;
    },
  });
  await expect(broken).rejects.toThrow('the line broke');
  const resumed = await goOn(folder);
  expect(resumed.start?.step).toBe(0);
  expect(resumed.result.position.digest).toBe(whole.result.position.digest);
});
