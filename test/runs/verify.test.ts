/** Verification and evaluation as runs of their own. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { evaluateRun } from '#host/runs/evaluate-run';
import { verifyLockstep } from '#host/runs/lockstep-run';
import { VerificationError } from '#host/verification/index';
import type { ReplyOf } from '#host/wire/index';
import { lyingIn } from './lies.js';
import { lyingAfter, serve } from './odd-devices.js';
import { begin, type Recorded, simulated } from './runs.js';
import { smallRecipe, TEST, TRAINING, temporaryFolder, writeSmallData } from './small-data.js';

let temporary: ReturnType<typeof temporaryFolder>;
let dataset: Dataset;

beforeAll(async () => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path);
  dataset = await loadDataset(temporary.path);
});
afterAll(() => temporary.remove());

const nothing = () => undefined;

describe('verify', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['exact, centered', {}],
    ['exact, positive', { nudging: 'positive' }],
    ['euler, random sign', { relaxation: 'euler', nudging: 'random-sign' }],
    ['langevin', { relaxation: 'euler', noise: 'langevin', 'noise-level': 0.01 }],
    ['leaky, clamped', { relaxation: 'euler', noise: 'leaky', 'noise-level': 0.1, nudging: 'clamped' }],
    ['persistent', { start: 'persistent', 'free-iterations': 4 }],
    ['persistent euler', { start: 'persistent', relaxation: 'euler', 'free-iterations': 4 }],
    ['noise of Langevin’s', { relaxation: 'euler', noise: 'langevin', 'noise-level': 1e-3 }],
    ['noise of leaky integrators', { relaxation: 'euler', noise: 'leaky', 'noise-level': 0.05 }],
    ['three layers', { network: '36-20-16-4', rates: [0.2, 0.1, 0.1] }],
    ['a pulled input', { 'input-pull': 10 }],
    ['a pulled input, euler', { 'input-pull': 1.5, relaxation: 'euler' }],
    ['decay by L1', { penalty: 'L1', 'weight-decay': [1e-4, 0], 'decay-interval': 3 }],
    ['decay, nearest rounding', { 'weight-decay': [1e-3, 0], 'decay-interval': 3, rounding: 'nearest' }],
  ])('%s: the dense twin agrees bit for bit, the reference nearly', async (_, changes) => {
    const done: number[] = [];
    // Far enough for a second epoch, whose persistent states are not zero.
    const outcome = await verifyLockstep(smallRecipe(changes), dataset, simulated, 25, (n) => done.push(n));
    expect(done).toEqual(Array.from({ length: 25 }, (_, n) => n + 1));
    const samples = TRAINING + 6 * 16;
    expect(outcome).toMatchObject({ deviceName: 'simulated', samples, replies: 2 + 25 });
    const { network, 'input-pull': pull } = smallRecipe(changes);
    const sizes = network.split('-').map(Number);
    const parameters = sizes.slice(1).reduce((sum, post, k) => sum + (sizes[k] + 1) * post, 0);
    expect(outcome.parameters).toBe(parameters + (pull > 0 ? sizes[0] : 0));
    expect(outcome.stages.map(({ name }) => name)).toEqual(['free states', 'nudged states']);
    for (const { rms, median, worst } of outcome.stages) {
      expect(median).toBeLessThan(2 ** -11);
      expect(rms).toBeLessThan(2 ** -9);
      expect(worst).toBeLessThan(2 ** -4);
    }
    for (const cosine of outcome.contrastCosines) expect(cosine).toBeGreaterThan(0.999);
    expect(outcome.predictionsAgree).toBeGreaterThanOrEqual(samples - 2);
    expect(outcome.elsewhere).toBe(0);
  });

  test('more minibatches than the recipe has', async () => {
    const recipe = smallRecipe({ epochs: 1, training: '0..40' });
    await expect(verifyLockstep(recipe, dataset, simulated, 4, nothing)).rejects.toThrow(
      'the recipe has 3 minibatches, 4 were asked for',
    );
    const { samples } = await verifyLockstep(recipe, dataset, simulated, 3, nothing);
    expect(samples).toBe(40);
  });

  test('a device that lies', async () => {
    const device = await serve(lyingAfter(3));
    const choice = { device: device.spec, options: { baudRate: 115_200 }, patience: 60_000 };
    await expect(verifyLockstep(smallRecipe(), dataset, choice, 5, nothing)).rejects.toBeInstanceOf(
      VerificationError,
    );
    await device.end();
  });

  test.each<[Partial<ReplyOf<'statistics'>>, RegExp]>([
    [{ digest: 7n }, /^statistics: the device's digest is not that of its last reply$/],
    [{ step: 7 }, /^statistics: the device stands at step 7, not 2$/],
    [{ arena: 7 }, /^statistics: the arena is 7 bytes, hello said \d+$/],
    [{ needed: 0xffff_ffff }, /^statistics: the device's needed is 4294967295, at most \d+ is possible$/],
    [{ stackUsed: 7 }, /^statistics: the device's stackUsed is 7, at most 0 is possible$/],
  ])('a device that tells nonsense of itself: %o', async (changes, message) => {
    const device = await serve(lyingIn('statistics', () => changes));
    const choice = { device: device.spec, options: { baudRate: 115_200 }, patience: 60_000 };
    const outcome = verifyLockstep(smallRecipe(), dataset, choice, 2, nothing);
    await expect(outcome).rejects.toBeInstanceOf(VerificationError);
    await expect(outcome).rejects.toThrow(message);
    await device.end();
  });
});

describe('evaluate', () => {
  let recorded: Recorded;
  let folder: string;
  beforeAll(async () => {
    folder = join(temporary.path, 'run');
    const recipe = smallRecipe({ start: 'persistent', 'free-iterations': 6 });
    recorded = await begin({ data: temporary.path, folder, recipe });
  });

  test('finds the error that the run found', async () => {
    const outcome = await evaluateRun(folder, simulated, 'test', undefined, nothing);
    const [test] = recorded.result.test?.evaluations.filter(({ set }) => set === 'test') ?? [];
    const configureAndLoad = 2;
    expect(outcome).toEqual({
      set: 'test',
      samples: TEST,
      wrong: Math.round((test.error / 100) * TEST),
      error: test.error,
      checked: configureAndLoad + Math.ceil(TEST / 16),
    });
  });

  test('of the training images, and of another folder’s', async () => {
    const done: number[] = [];
    const outcome = await evaluateRun(folder, simulated, 'training', temporary.path, (p) =>
      done.push(p.done),
    );
    expect(outcome).toMatchObject({ set: 'training', samples: TRAINING });
    expect(done.at(-1)).toBe(TRAINING);
  });

  test('refuses what is not there', async () => {
    await expect(evaluateRun(folder, simulated, 'validation', undefined, nothing)).rejects.toThrow(
      "there is no set 'validation'",
    );
    const nowhere = join(temporary.path, 'nowhere');
    await expect(evaluateRun(nowhere, simulated, 'test', undefined, nothing)).rejects.toThrow(
      'there is no folder',
    );
  });
});
