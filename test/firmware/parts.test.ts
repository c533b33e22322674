/** Firmware without the kinds of connections that a network does not need: smaller, and the same in all else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { type Emulation, emulate } from '#host/firmware/emulate';
import { fixParts } from '#host/firmware/generated-c';
import { measureFirmware } from '#host/firmware/size';
import { checkRecipe } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { smallValues } from '../centered.js';
import { canRun, PATIENCE } from './emulators.js';

/** Bytes of flash of the firmware before there were convolutions, when all kinds were in. */
const BEFORE = { pico: 26_988, microbit: 26_504, 'riscv-virt': 29_552 } as const;
/** Bytes that a chain's firmware may have more: convolutions cost whoever has none no more than that. */
const MORE = 2048;
/** Bytes that a serial port by USB may take on the boards that have one. */
const USB = 2560;
/** Bytes that a second core may take on the boards that have one. */
const SECOND_CORE = 2304;

const choice = (device: string) => ({ device, options: { baudRate: 115_200 }, patience: 60_000 });
const recipe = (network: string, changes = {}) =>
  checkRecipe({ ...smallValues, network, minibatch: 4, ...changes }, network);

let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset(undefined);
});

test.each(Object.entries(BEFORE))(
  "%s: a chain's firmware is at most 2 KB, its USB and its second core larger than %i bytes, and smaller than the whole",
  async (id, before) => {
    const board = readBoard(id);
    const usb = board.usb?.own ? USB : 0;
    const second = board.core.cores > 1 ? SECOND_CORE : 0;
    const whole = measureFirmware(await buildFirmware(board), board);
    const chain = measureFirmware(await buildFirmware(board, { parts: ['dense'] }), board);
    expect(chain.flash).toBeLessThanOrEqual(before + MORE + usb + second);
    expect(chain.flash).toBeLessThan(whole.flash);
    expect(chain).toEqual({ ...whole, parts: ['dense'], flash: chain.flash });
  },
  PATIENCE,
);

test('generated C that asks nowhere which kinds there are is not taken', () => {
  const store = 'void w2c_eqprop_keepParts_0(T* instance, u32 p) {\n  instance->w2c_g4 = p;\n}\n';
  expect(fixParts(`${store}  a = instance->w2c_g4;\n  b = instance->w2c_g40;\n`, 5)).toBe(
    `${store}  a = 5u;\n  b = instance->w2c_g40;\n`,
  );
  expect(() => fixParts(store, 5)).toThrow('no global that keepParts sets');
  expect(() => fixParts('a = instance->w2c_g4;', 5)).toThrow('no global that keepParts sets');
});

const chain = { network: '784-16-10', rates: [0.2, 0.1] } as const;
const convolution = recipe('28x28-conv5x4m-10', { rates: [0.05, 0.05] });

describe("a pico with a chain's kinds alone", () => {
  let emulation: Emulation;
  beforeAll(async () => {
    emulation = await emulate(readBoard('pico'), { parts: ['dense'] });
  }, PATIENCE);
  afterAll(() => emulation?.stop());

  test(
    'learns what the simulated device learns',
    async () => {
      const { network, rates } = chain;
      const learn = (device: string) =>
        verifyLockstep(recipe(network, { rates }), dataset, choice(device), 3, () => undefined);
      const [onBoard, onHost] = [await learn(emulation.address), await learn('simulated')];
      expect(onBoard).toMatchObject({ digest: onHost.digest, replies: onHost.replies });
    },
    PATIENCE,
  );

  test(
    'refuses a convolution, and the error says which command builds one that does not',
    async () => {
      const refused = verifyLockstep(convolution, dataset, choice(emulation.address), 1, () => undefined);
      await expect(refused).rejects.toMatchObject({
        name: 'UserError',
        message: 'configure: this firmware leaves out convolution, which connection 0 needs: it has dense',
        hint: expect.stringMatching(/: eqprop flash <board> --network 28x28-conv5x4m-10$/),
        cause: { name: 'DeviceError', error: 'partLeftOut' },
      });
      const windows = recipe(chain.network, { rates: chain.rates, 'receptive-fields': '4..8' });
      const alike = verifyLockstep(windows, dataset, choice(emulation.address), 1, () => undefined);
      // The network does not tell that it has windows.
      await expect(alike).rejects.toMatchObject({ hint: expect.stringMatching(/: eqprop flash <board>$/) });
    },
    PATIENCE,
  );
});

test.skipIf(!canRun(readBoard('riscv-virt')))(
  'a recipe with a convolution is emulated with what it needs, and learns what the simulated device learns',
  async () => {
    const learn = (device: string) =>
      verifyLockstep(convolution, dataset, choice(device), 2, () => undefined);
    const [onBoard, onHost] = [await learn('riscv-virt'), await learn('simulated')];
    expect(onBoard).toMatchObject({ digest: onHost.digest, replies: onHost.replies });
  },
  PATIENCE,
);
