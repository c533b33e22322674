/** Every board that has an emulator trains as the simulated device does, bit for bit. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import type { DeviceError } from '#host/endpoint/index';
import { ConnectionLost } from '#host/endpoint/index';
import { boardIds, readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { stackNeeded } from '#host/firmware/core';
import { ElfFile } from '#host/firmware/elf';
import { openEmulated } from '#host/firmware/open-device';
import { planMemory } from '#host/firmware/plan';
import { Link } from '#host/link/index';
import { checkRecipe, configureRequest, initialiseRequest } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { Fault } from '#host/wire/index';
import { smallValues } from '../centered.js';
import { isLong } from '../length.js';
import { smallRecipe, TRAINING, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { canRun, emulated, PATIENCE, recipeFor } from './emulators.js';

/** The second is learnt with what the first has changed. */
const MINIBATCHES = 2;

const choice = (device: string) => ({ device, options: { baudRate: 115_200 }, patience: 60_000 });

const folder = temporaryFolder();
afterAll(() => folder.remove());

let dataset: Dataset;
let pictures: Dataset;
beforeAll(async () => {
  writeSmallData(folder.path, TRAINING, 8);
  pictures = await loadDataset(folder.path);
  dataset = await loadDataset(undefined);
  await buildFirmware(readBoard('pico'));
}, PATIENCE);

describe.each(emulated)('%s', (id) => {
  const board = readBoard(id);

  test.skipIf(!canRun(board))(
    'learns what the simulated device learns',
    async () => {
      const recipe = recipeFor(board, { network: isLong ? '784-128-10' : '784-32-10', training: '0..24' });
      const onBoard = await verifyLockstep(recipe, dataset, choice(id), MINIBATCHES, () => undefined);
      const simulated = await verifyLockstep(
        recipe,
        dataset,
        choice('simulated'),
        MINIBATCHES,
        () => undefined,
      );
      expect(onBoard).toMatchObject({
        digest: simulated.digest,
        parameters: simulated.parameters,
        replies: simulated.replies,
      });
      const { needed, arena, stackUsed, stackSize } = onBoard.memory;
      const plan = planMemory(board, recipe);
      expect({ needed, arena, stackSize }).toEqual({
        needed: plan.needed,
        arena: plan.arena,
        stackSize: board.ram.stack,
      });
      expect(plan.fits).toBe(true);
      expect(stackUsed).toBeGreaterThan(0);
      // The margin is for what a run did not happen to call: one that takes half of it calls for a new measurement.
      expect(stackUsed).toBeLessThanOrEqual((board.target.stack + stackNeeded(board.target)) / 2);
    },
    PATIENCE,
  );
});

describe.each([
  // More weights than the board has room for in 16 bits.
  ['pico', { weights: 'Q0.7', network: '784-200-10', minibatch: 4 }, 8],
  ['pico', { weights: 'Q0.7,Q2.5', network: '784-64-10', minibatch: 4 }, 8],
  ['mps2-an386', { weights: 'Q7.24', states: 'Q13.18', network: '784-64-10', minibatch: 4 }, 32],
] as const)('%s, %j', (id, changes, storage) => {
  const recipe = checkRecipe({ ...smallValues, ...changes }, id);

  test.skipIf(!canRun(readBoard(id)))(
    `runs the kernel of ${storage} bits, and learns what the simulated device learns`,
    async () => {
      const [onBoard, onHost] = [
        await verifyLockstep(recipe, dataset, choice(id), MINIBATCHES, () => undefined),
        await verifyLockstep(recipe, dataset, choice('simulated'), MINIBATCHES, () => undefined),
      ];
      expect(onBoard).toMatchObject({ digest: onHost.digest, parameters: onHost.parameters });
      const { storage: planned, needed, arena } = planMemory(readBoard(id), recipe);
      expect(planned).toBe(storage);
      expect(onBoard.memory).toMatchObject({ needed, arena });
    },
    PATIENCE,
  );
});

/** A convolution and an average on images of 8 × 8. */
const convolution = (minibatch: number) =>
  smallRecipe({
    ...{ network: '8x8-conv3x4m-conv2x8a-4', rates: [0.2, 0.1, 0.1], minibatch },
    ...{ states: 'Q9.6', relaxation: 'exact', nudging: 'centered', shift: 1, epochs: 2 },
  });
const LARGE = 30;

describe.each(emulated)('%s, a convolution', (id) => {
  const board = readBoard(id);

  test.skipIf(!canRun(board)).each([
    { minibatch: 1, minibatches: isLong ? 20 : 6 },
    { minibatch: LARGE, minibatches: isLong ? 20 : MINIBATCHES },
  ])(
    'learns what the simulated device learns in minibatches of $minibatch',
    async ({ minibatch, minibatches }) => {
      const learn = (device: string) =>
        verifyLockstep(convolution(minibatch), pictures, choice(device), minibatches, () => undefined);
      const [onBoard, simulated] = [await learn(id), await learn('simulated')];
      const { digest, parameters, replies } = simulated;
      expect(onBoard).toMatchObject({ digest, parameters, replies });
      const { needed, arena } = planMemory(board, convolution(minibatch));
      expect(onBoard.memory).toMatchObject({ needed, arena });
      expect(onBoard.memory.stackUsed).toBeLessThanOrEqual(
        (board.target.stack + stackNeeded(board.target)) / 2,
      );
    },
    PATIENCE,
  );
});

/** Ways of their own in a chain that relaxes exactly, a lateral connection and clamped outputs, noise of both forms. */
const fields = {
  'a vector field': smallRecipe({
    ...{ network: '8x8-16-12-4', feedback: 'symmetric', rates: [0.2, 0.1, 0.1] },
    ...{ relaxation: 'exact', nudging: 'positive', beta: 1, epochs: 2 },
    // More have no room on a micro:bit.
    minibatch: 8,
  }),
  'a lateral connection, clamped': smallRecipe({
    ...{ network: '8x8-16-4', relaxation: 'euler', nudging: 'clamped', rates: [0.2, 0.1, 0.1], epochs: 2 },
    connections: [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 1, to: 1, kind: 'lateral' },
    ],
  }),
  'spikes, and pixels of one each': smallRecipe({
    ...{ network: '8x8-16-12-4', relaxation: 'spiking', 'pixel-spikes': 1, states: 'Q9.6' },
    ...{ nudging: 'positive', beta: 1, rates: [0.25, 0.125, 0.125], schedule: 'halving', minibatch: 4 },
  }),
  'a centred input and a margin': smallRecipe({
    ...{ network: '8x8-16-4', relaxation: 'exact', nudging: 'positive', beta: 1, rates: [0.4, 0.2] },
    ...{ 'centred-input': true, 'nudge-margin': 0.3, minibatch: 8, epochs: 2 },
  }),
  'a penalty by L1': smallRecipe({
    ...{ network: '8x8-16-4', relaxation: 'exact', nudging: 'centered', rates: [0.2, 0.1], epochs: 2 },
    ...{ penalty: 'L1', 'weight-decay': [1e-3, 1e-3], 'decay-interval': 2, minibatch: 8 },
  }),
  'an input that is pulled': smallRecipe({
    ...{
      network: '8x8-16-4',
      relaxation: 'exact',
      nudging: 'positive',
      beta: 1,
      rates: [0.2, 0.1],
      epochs: 2,
    },
    // States of the input, too, take room on a micro:bit.
    ...{ 'input-pull': 10, minibatch: 4 },
  }),
  'noise of Langevin’s': smallRecipe({
    ...{ network: '8x8-16-4', relaxation: 'euler', nudging: 'centered', rates: [0.2, 0.1], epochs: 2 },
    ...{ noise: 'langevin', 'noise-level': 0.01, 'noise-phases': 'same' },
  }),
  'noise of leaky integrators': smallRecipe({
    ...{ network: '8x8-16-4', relaxation: 'euler', nudging: 'positive', rates: [0.2, 0.1], epochs: 2 },
    ...{ noise: 'leaky', 'noise-level': 0.1 },
  }),
};

/** In the quick suite every board has half of them, and each is on half of the boards. */
function fieldsOn(id: string) {
  const place = emulated.indexOf(id);
  return Object.entries(fields).filter((_, n) => isLong || (n + place) % 2 === 0);
}

describe.each(emulated)('%s', (id) => {
  const board = readBoard(id);

  test.skipIf(!canRun(board)).each(fieldsOn(id))(
    'learns what the simulated device learns: %s',
    async (_, recipe) => {
      const learn = (device: string) => verifyLockstep(recipe, pictures, choice(device), 20, () => undefined);
      const [onBoard, simulated] = [await learn(id), await learn('simulated')];
      const { digest, parameters, replies } = simulated;
      expect(onBoard).toMatchObject({ digest, parameters, replies });
      expect(onBoard.memory.needed).toBe(planMemory(board, recipe).needed);
    },
    PATIENCE,
  );
});

test('sums of contrasts are kept on the board that has no room for the states of a large minibatch', () => {
  const states = (id: string, minibatch: number) =>
    planMemory(readBoard(id), convolution(minibatch)).parts.states;
  const keepsSums = emulated.filter((id) => states(id, LARGE) === states(id, 1));
  expect(keepsSums).toEqual(['microbit']);
});

describe('every board', () => {
  test.each(boardIds())(
    '%s: compiles, links, and has the memory it plans with',
    async (id) => {
      const board = readBoard(id);
      const { elf, bin } = await buildFirmware(board);
      const file = new ElfFile(readFileSync(elf));
      const memory = file.symbol('memory_end') - file.symbol('memory_start');
      const { arena, module } = planMemory(board, recipeFor(board));
      expect(memory).toBe(arena + module);
      expect(readFileSync(bin).length).toBeLessThanOrEqual(48 * 1024);
    },
    PATIENCE,
  );

  test('pico: static RAM outside the arena and the window is at most 6 KiB', async () => {
    const board = readBoard('pico');
    const { module } = planMemory(board, recipeFor(board));
    expect(board.ram.static - board.uart.window + module).toBeLessThanOrEqual(6 * 1024);
  });
});

describe.skipIf(!canRun(readBoard('riscv-virt')))('a wild access', () => {
  const wild = ['MEMORY_EXCESS=0x4000000u'];
  const large = checkRecipe({ ...smallValues, network: '784-8000-10' }, 'large');

  test.each([
    // A word read where no memory is may be zero, and be divided by before anything is written there.
    ['is a fault', {}, [Fault.exception, Fault.divisionByZero]],
    ['is a trap where accesses are checked', { checked: true }, [Fault.outOfBounds]],
  ] as const)(
    '%s; the device says so and starts anew',
    async (_, options, causes) => {
      const line = await openEmulated(readBoard('riscv-virt'), { ...options, defines: wild });
      try {
        const link = await Link.open(line.stream);
        const wildly = async () => {
          await link.request('configure', configureRequest(large));
          await link.request('initialise', initialiseRequest(large));
        };
        const lost = await wildly().catch((thrown: unknown) => thrown);
        expect(lost).toBeInstanceOf(ConnectionLost);
        const error = (lost as ConnectionLost).cause;
        expect(error).toMatchObject({ name: 'DeviceError', error: 'fault' });
        expect(causes).toContain((error as DeviceError).value);
        expect((error as DeviceError).place).toBeGreaterThan(0);
        link.close();
        const again = await Link.open(line.stream);
        expect(again.device.configured).toBe(0);
        again.close();
      } finally {
        await line.close();
      }
    },
    PATIENCE,
  );
});
