/** Boards with two cores: the same bits as with one, by about half the instructions; and what fails on the second core is told. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import type { DeviceLine } from '#host/devices/index';
import type { DeviceError } from '#host/endpoint/index';
import { type Board, readBoard, withOneCore } from '#host/firmware/board';
import { emulate } from '#host/firmware/emulate';
import { openEmulated } from '#host/firmware/open-device';
import { compileC } from '#host/firmware/translate';
import { Link } from '#host/link/index';
import { checkRecipe, configureRequest, readPreset } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { Fault } from '#host/wire/index';
import { temporaryFolder } from '../runs/small-data.js';
import { canRun, hasPlugins, PATIENCE } from './emulators.js';
import { firstError } from './first-error.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const virt = readBoard('riscv-virt');
const recipe = checkRecipe(
  { ...readPreset('small').values, network: '784-64-10', minibatch: 10 },
  'two cores',
);
let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset(undefined);
});

const learn = (device: string, minibatches: number, of = recipe) =>
  verifyLockstep(
    of,
    dataset,
    { device, options: { baudRate: 115_200 }, patience: 60_000 },
    minibatches,
    () => undefined,
  );

function withOptions(board: Board, change: (options: readonly string[]) => readonly string[]): Board {
  if (board.emulator?.kind !== 'qemu') throw new Error(`${board.id} is not emulated in QEMU`);
  return { ...board, emulator: { ...board.emulator, options: [...change(board.emulator.options)] } };
}

/** Digest of a training on a board, and the instructions that each of its processors took for its last minibatches. */
async function counted(board: Board, minibatches: number): Promise<{ digest: bigint; counts: number[] }> {
  const file = join(folder.path, `counts-${board.core.cores}`);
  rmSync(file, { force: true });
  const plugin = `${join(folder.path, 'instructions.so')},to=${file}`;
  const emulation = await emulate(withOptions(board, (options) => [...options, '-plugin', plugin]));
  const counts = () => [...new BigUint64Array(new Uint8Array(readFileSync(file)).buffer)].map(Number);
  try {
    const took = async (count: number) => {
      const before = counts();
      const { digest } = await learn(emulation.address, count);
      return { digest, counts: counts().map((now, processor) => now - before[processor]) };
    };
    const few = await took(2);
    const { digest, counts: all } = await took(2 + minibatches);
    return { digest, counts: all.map((count, processor) => count - few.counts[processor]) };
  } finally {
    await emulation.stop();
  }
}

test.skipIf(!hasPlugins(virt))(
  'riscv-virt: two harts learn what one does, and the one with more to do executes 1.7 times fewer instructions',
  async () => {
    const source = fileURLToPath(new URL('native/instructions.c', import.meta.url));
    await compileC(['-shared', '-fPIC', '-O2', '-o', 'instructions.so', source], folder.path);
    const one = await counted(withOneCore(virt), 8);
    const two = await counted(virt, 8);
    const { digest } = await learn('simulated', 10);
    expect([one.digest, two.digest]).toEqual([digest, digest]);
    expect(one.counts[1]).toBe(0);
    expect(one.counts[0] / Math.max(...two.counts)).toBeGreaterThan(1.7);
  },
  PATIENCE,
);

test.skipIf(!canRun(virt))(
  'riscv-virt: a second hart that never comes is not waited for',
  async () => {
    const alone = withOptions(virt, (options) => options.map((word) => (word === '2' ? '1' : word)));
    const emulation = await emulate(alone);
    try {
      expect((await learn(emulation.address, 2)).digest).toBe((await learn('simulated', 2)).digest);
    } finally {
      await emulation.stop();
    }
  },
  PATIENCE,
);

test(
  'pico: two cores learn what one does',
  async () => {
    const few = { ...recipe, minibatch: 4 };
    const emulation = await emulate(readBoard('pico'));
    try {
      expect((await learn(emulation.address, 2, few)).digest).toBe((await learn('simulated', 2, few)).digest);
    } finally {
      await emulation.stop();
    }
  },
  PATIENCE,
);

/** Code that the second core runs in place of its first work, after a start for no fault. */
const failures = [
  ['a fault', '*(volatile uint32_t *)0x90000000 = 1;', Fault.exception],
  ['a stack that leaves its place', 'dig(0);', Fault.stackOverflow],
  [
    'a stack that was used up before',
    'second_stack_start[0] = 0; *(volatile uint32_t *)0x90000000 = 1;',
    Fault.stackOverflow,
  ],
] as const;

const DIG = `
__attribute__((unused)) static uint32_t dig(volatile uint32_t depth) {
  volatile uint32_t room[16];
  room[depth % 16] = depth;
  return depth == UINT32_MAX ? 0 : dig(depth + 1) + room[depth % 16];
}
`;

/** A board whose second core fails once: `file` of it gets a function that is called there. */
function failing(
  id: string,
  name: string,
  file: string,
  failure: string,
  wrap: (text: string) => string,
): Board {
  const own = join(folder.path, `${id}-${name.replaceAll(' ', '-')}`);
  cpSync(readBoard(id).folder, own, { recursive: true });
  const path = join(own, file);
  const text = readFileSync(path, 'utf8');
  const fail = `static void fail(void) { ${failure} for (;;) continue; }`;
  writeFileSync(path, ['#include "stack.h"', wrap(text).replace('FAIL', `${DIG}${fail}`)].join('\n'));
  return readBoard(own);
}

/** @param provoke has the second core come to its failure; none where it does by itself */
async function faultOf(
  board: Board,
  provoke?: (line: DeviceLine) => Promise<() => void>,
): Promise<DeviceError> {
  const line = await openEmulated(board);
  try {
    const told = firstError(line);
    const stop = await provoke?.(line);
    const error = await told;
    stop?.();
    // It goes on after that.
    const link = await Link.open(line.stream);
    expect(link.device.configured).toBe(0);
    link.close();
    return error;
  } finally {
    await line.close();
  }
}

/** CONFIGURE is the first work of the second core: what an emulator writes before anybody listens is lost. */
async function configure(line: DeviceLine): Promise<() => void> {
  const link = await Link.open(line.stream);
  link.request('configure', configureRequest(recipe)).catch(() => undefined);
  return () => link.close();
}

describe.each(failures)('%s on the second core is told', (name, failure, value) => {
  test.skipIf(!canRun(virt))(
    'riscv-virt',
    async () => {
      const board = failing('riscv-virt', name, 'harts.c', failure, (text) =>
        [
          '#include "core.h"',
          'static KEPT volatile uint32_t again;',
          'static volatile uint32_t woken;',
          'FAIL',
          // It is woken to begin with, then for work.
          text.replace(
            'MSIP(hart) = pending; }',
            'MSIP(hart) = pending; if (hart == 1 && !pending && ++woken == 2 && again != 77) again = 77, fail(); }',
          ),
        ].join('\n'),
      );
      const error = await faultOf(board, configure);
      expect(error).toMatchObject({ error: 'fault', value });
      expect(error.place).toBeGreaterThan(virt.flash.origin);
    },
    PATIENCE,
  );

  test(
    'pico',
    async () => {
      const board = failing('pico', name, 'second-core.c', failure, (text) =>
        [
          '#include "core.h"',
          '#define chip_start_second start_in_truth',
          text,
          '#undef chip_start_second',
          'static KEPT volatile uint32_t again;',
          'FAIL',
          'void chip_start_second(const void *vectors, const void *stack_end, void (*entry)(void)) {',
          '  start_in_truth(vectors, stack_end, again != 77 ? fail : entry);',
          '  again = 77;',
          '}',
        ].join('\n'),
      );
      expect(await faultOf(board)).toMatchObject({ error: 'fault', value });
    },
    PATIENCE,
  );
});
