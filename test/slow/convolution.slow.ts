/** Convolutions of MNIST on the emulated Pico: what it learns is what the simulated device learns. */
import { beforeAll, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { readBoard } from '#host/firmware/board';
import { planMemory } from '#host/firmware/plan';
import { checkRecipe } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { smallValues } from '../centered.js';
import { PATIENCE } from '../firmware/emulators.js';

const MINIBATCHES = 20;
const choice = (device: string) => ({ device, options: { baudRate: 115_200 }, patience: 60_000 });

let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset(undefined);
});

test.each([
  ['28x28-conv5x4m-conv5x8a-10', 16],
  ['28x28-conv5x8m-conv5x16a-10', 16],
  ['28x28-conv5x8m-conv5x16a-10', 4],
])(
  '%s in minibatches of %i',
  async (network, minibatch) => {
    const recipe = checkRecipe(
      {
        ...smallValues,
        ...{ network, minibatch, rates: [0.4, 0.2, 0.1], 'weight-decay': [], states: 'Q9.6' },
        ...{ 'free-iterations': 40, 'nudged-iterations': 20, beta: 0.35 },
      },
      'here',
    );
    const learn = (device: string) =>
      verifyLockstep(recipe, dataset, choice(device), MINIBATCHES, () => undefined);
    const [onBoard, simulated] = [await learn('pico'), await learn('simulated')];
    const { digest, parameters, replies } = simulated;
    expect(onBoard).toMatchObject({ digest, parameters, replies });
    const board = readBoard('pico');
    const { needed, arena } = planMemory(board, recipe);
    expect(onBoard.memory).toMatchObject({ needed, arena, stackSize: board.ram.stack });
  },
  PATIENCE,
);
