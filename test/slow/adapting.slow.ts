/** A network that has learnt upright digits goes on with rotated ones, on the emulated Pico as on the simulated device. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dataset, loadDataset, type Samples, split } from '#host/data/index';
import { checkRecipe } from '#host/model/index';
import { loadModel } from '#host/prediction/index';
import { verifyLockstep } from '#host/runs/index';
import { rotated } from '../../bench/adapting/rotation.mjs';
import { smallValues } from '../centered.js';
import { PATIENCE } from '../firmware/emulators.js';
import { begin } from '../runs/runs.js';

const ADAPTED = 512;
const DEGREES = 45;
const MINIBATCHES = 32;
const own = { network: '784-64-10', minibatch: 16, 'weight-decay': [] };
const recipe = (changes: object) => checkRecipe({ ...smallValues, ...own, ...changes }, 'here');
const adapting = { training: `0..${ADAPTED}`, epochs: 8, seed: 2 };

let folder: string;
let upright: string;
let turned: Dataset;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eqprop-adapting-'));
  upright = join(folder, 'upright');
  const data = await loadDataset();
  const turn = (samples: Samples) => ({ ...samples, images: rotated(samples.images, data.columns, DEGREES) });
  turned = {
    ...data,
    training: turn(split(data.training, 0, ADAPTED)),
    test: turn(split(data.test, 0, 2000)),
  };
  const learning = { training: '0..10000', epochs: 2 };
  await begin({ data, folder: upright, recipe: recipe(learning) });
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function errorOf(run: string): number {
  const model = loadModel(run);
  const { images, labels, count } = turned.test;
  const wrong = labels.filter(
    (label, n) => model.predictInputs(images.subarray(n * 784, (n + 1) * 784)).label !== label,
  );
  return (100 * wrong.length) / count;
}

test(
  'learns rotated digits from few examples: all connections, and the last one alone',
  async () => {
    const before = errorOf(upright);
    expect(before).toBeGreaterThan(45);
    const after = async (name: string, changes: object) => {
      const run = join(folder, name);
      const { result } = await begin({
        data: turned,
        folder: run,
        recipe: recipe({ ...adapting, ...changes }),
        from: upright,
      });
      // Told by the device, and by the model in this process.
      expect(result.test?.evaluations.at(-1)?.error).toBe(errorOf(run));
      return errorOf(run);
    };
    const [all, last] = [await after('all', {}), await after('last', { fixed: [1] })];
    expect(all).toBeLessThan(before / 2);
    expect(last).toBeLessThan(before);
    expect(last).toBeGreaterThan(all);
  },
  PATIENCE,
);

test(
  'the emulated Pico is given the weights, and comes to the same bits',
  async () => {
    const choice = (device: string) => ({ device, options: { baudRate: 115_200 }, patience: 60_000 });
    const learn = (device: string) =>
      verifyLockstep(recipe(adapting), turned, choice(device), MINIBATCHES, () => undefined, upright);
    const [onBoard, simulated] = [await learn('pico'), await learn('simulated')];
    const { digest, parameters, replies } = simulated;
    expect(onBoard).toMatchObject({ digest, parameters, replies });
  },
  PATIENCE,
);
