/** Weights of 8, 16 and 32 bits, in one format or one a connection: run, checked, taken up, evaluated as any other. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { openDevice } from '#host/devices/index';
import { kernelIdentity } from '#host/kernel/index';
import { Link } from '#host/link/index';
import { formatsOf, integerArrays, type Storage, stateBits, storages } from '#host/model/index';
import { loadRun } from '#host/records/index';
import { evaluateRun } from '#host/runs/evaluate-run';
import { verifyLockstep } from '#host/runs/lockstep-run';
import { reportData } from '#host/runs/run-report';
import { parseLevel } from '#host/verification/index';
import { isLong, some } from '../length.js';
import { honest, type OddDevice, serve } from './odd-devices.js';
import { begin, goOn, roomForRuns, savedStates, simulated, timeless } from './runs.js';
import { smallRecipe, TEST } from './small-data.js';

const { data, fresh } = roomForRuns();
let dataset: Dataset;
const nothing = () => undefined;

beforeAll(async () => {
  dataset = await loadDataset(data);
});

test.each(storages)('a simulated device that stores weights in %i bits says so', async (storage) => {
  const line = await openDevice('simulated', { ...simulated.options, storage });
  const link = await Link.open(line.stream);
  expect(link.device).toMatchObject({
    weightBits: storage,
    stateBits: stateBits(storage),
    kernel: kernelIdentity(storage),
  });
  link.close();
  await line.close();
});

test('each storage is a kernel of its own', () => {
  expect(new Set(storages.map(kernelIdentity)).size).toBe(storages.length);
});

interface Formatted {
  readonly storage: Storage;
  readonly weights: string;
  readonly states: string;
  /** Half a unit of the states, as a power of two. */
  readonly resolution: number;
}

const formatted: readonly Formatted[] = some(
  [
    { storage: 8, weights: 'Q-1.8,Q2.5', states: 'Q4.11', resolution: -12 },
    { storage: 16, weights: 'Q2.13,Q1.14', states: 'Q2.13', resolution: -14 },
    { storage: 32, weights: 'Q7.24', states: 'Q13.18', resolution: -21 },
  ],
  [
    { storage: 8, weights: 'Q1.6', states: 'Q2.13', resolution: -14 },
    { storage: 8, weights: 'Q1.6,Q0.7', states: 'Q2.13', resolution: -14 },
    { storage: 32, weights: 'Q4.27,Q9.22', states: 'Q15.16', resolution: -17 },
  ],
);
/** Minibatches that are compared with the reference. */
const COMPARED = isLong ? 25 : 10;

describe.each(formatted)('weights $weights, states $states', ({ storage, weights, states, resolution }) => {
  const formats = { weights, states };

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['exact, centered, persistent', { start: 'persistent', 'free-iterations': 6 }],
    [
      'euler, random sign, decay',
      { relaxation: 'euler', nudging: 'random-sign', 'weight-decay': [1e-3, 1e-3], 'decay-interval': 3 },
    ],
  ])('%s: the dense twin agrees bit for bit, the reference nearly', async (_, changes) => {
    const recipe = smallRecipe({ ...formats, ...changes });
    const outcome = await verifyLockstep(recipe, dataset, simulated, COMPARED, nothing);
    expect(outcome.parameters).toBe(36 * 24 + 24 + 24 * 4 + 4);
    for (const { rms, median, worst } of outcome.stages) {
      expect(median).toBeLessThan(2 ** (resolution + 3));
      expect(rms).toBeLessThan(2 ** (resolution + 5));
      expect(worst).toBeLessThan(2 ** (resolution + 10));
    }
    for (const cosine of outcome.contrastCosines) expect(cosine).toBeGreaterThan(0.99);
    expect(outcome.elsewhere).toBe(0);
  });

  test('learns the same however much is checked, and goes on from a checkpoint', async () => {
    const recipe = smallRecipe({ ...formats, start: 'persistent' });
    const whole = await begin({ data, folder: fresh(), recipe, compareEvery: 7 });
    for (const level of some(['every=4'], ['all', 'off'])) {
      const verification = parseLevel(level);
      const { result } = await begin({ data, folder: fresh(), recipe, compareEvery: 7, verification });
      expect(timeless(result.folder.metrics())).toEqual(timeless(whole.result.folder.metrics()));
      expect(result.parameters).toEqual(whole.result.parameters);
    }
    const folder = fresh();
    await begin({ data, folder, recipe, interruptAt: (_, times) => times === 25 });
    const saved = loadRun(folder);
    expect(saved.state.position.step).toBeLessThan(whole.result.position.step);
    for (const matrix of saved.parameters.weights) expect(matrix).toBeInstanceOf(integerArrays[storage]);
    expect(savedStates(folder)).toBeInstanceOf(integerArrays[stateBits(storage)]);
    const { result } = await goOn(folder);
    expect(result.position.digest).toBe(whole.result.position.digest);
    expect(result.test?.evaluations).toEqual(whole.result.test?.evaluations);

    const { error, samples } = await evaluateRun(folder, simulated, 'test', undefined, nothing);
    expect(samples).toBe(TEST);
    expect(error).toBe(result.test?.evaluations.find(({ set }) => set === 'test')?.error);
    const report = reportData(result);
    const { weights: each, biases } = formatsOf(recipe);
    expect(report.weights.map(({ format }) => format)).toEqual(each.map(({ name }) => name));
    expect(report.biases?.map(({ fraction }) => fraction)).toEqual([biases.fraction, biases.fraction]);
  });
});

describe('a device of another storage', () => {
  let device: OddDevice | undefined;
  afterAll(() => device?.end());

  test.each([
    ['Q0.7', 'Q3.12', 8],
    ['Q7.24', 'Q13.18', 32],
  ])('is refused for weights in %s: how to flash it is told', async (weights, states, storage) => {
    device ??= await serve(honest);
    const choice = { device: device.spec, options: { baudRate: 115_200 }, patience: 60_000 };
    const recipe = smallRecipe({ weights, states });
    await expect(begin({ data, folder: fresh(), recipe, device: choice })).rejects.toMatchObject({
      name: 'UserError',
      message: `${device.spec} stores weights in 16 bits, the recipe's have ${storage}`,
      hint: expect.stringMatching(
        new RegExp(`^eqprop flash <board> --storage ${storage} .*weights of 16 bits$`),
      ),
    });
  });
});
