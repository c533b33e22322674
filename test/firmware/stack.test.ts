/** Boards with too small a stack: whatever lies below it, and however the overflow shows, it is told for what it is. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConnectionLost, DeviceError } from '#host/endpoint/index';
import { type Board, readBoard } from '#host/firmware/board';
import { openEmulated } from '#host/firmware/open-device';
import { Link } from '#host/link/index';
import { configureRequest, initialiseRequest } from '#host/model/index';
import { Fault } from '#host/wire/index';
import { temporaryFolder } from '../runs/small-data.js';
import { canRun, emulated, PATIENCE, recipeFor } from './emulators.js';
import { firstError } from './first-error.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Enough to say HELLO with while the UART interrupts, not to draw weights: interrupts of RISC-V save more on the stack. */
function withLittleStack(board: Board): Board {
  const share = board.core.cpu.startsWith('cortex') ? 1 / 3 : 2 / 5;
  const stack = Math.floor((board.target.stack * share) / 8) * 8;
  return { ...board, ram: { ...board.ram, stack } };
}

async function faultOf(board: Board, by?: 'usb'): Promise<unknown> {
  const recipe = recipeFor(board);
  const line = await openEmulated(withLittleStack(board), {}, {}, by);
  try {
    const link = await Link.open(line.stream);
    const work = async () => {
      await link.request('configure', configureRequest(recipe));
      await link.request('initialise', initialiseRequest(recipe));
    };
    const lost = await work().catch((thrown: unknown) => thrown);
    link.close();
    const again = await Link.open(line.stream);
    expect(again.device.configured).toBe(0);
    again.close();
    return lost instanceof ConnectionLost ? lost.cause : lost;
  } finally {
    await line.close();
  }
}

function expectOverflow(fault: unknown, { flash }: Board): void {
  expect(fault).toBeInstanceOf(DeviceError);
  const { value, place, hint, message } = fault as DeviceError;
  expect({ value, message }).toEqual({
    value: Fault.stackOverflow,
    message: expect.stringContaining('(stackOverflow)'),
  });
  expect(hint).toContain('ram.stack');
  // In the code, not nowhere.
  expect(place).toBeGreaterThan(flash.origin);
  expect(place).toBeLessThan(flash.origin + flash.size);
}

describe.each(emulated)('%s', (id) => {
  const board = readBoard(id);

  test.skipIf(!canRun(board))(
    'a stack that leaves the RAM',
    async () => expectOverflow(await faultOf(board), board),
    PATIENCE,
  );
});

test(
  'the next USB host, too, hears why the pico was started anew',
  async () => {
    const board = readBoard('pico');
    expectOverflow(await faultOf(board, 'usb'), board);
  },
  PATIENCE,
);

describe.each(['mps2-an386', 'riscv-virt'])('%s', (id) => {
  const board = readBoard(id);
  const { origin, size } = board.ram;

  test.skipIf(!canRun(board))(
    'a stack below which there is memory, too',
    async () => {
      const higher = { ...board, ram: { ...board.ram, origin: origin + 0x1000, size: size - 0x1000 } };
      expectOverflow(await faultOf(higher), board);
    },
    PATIENCE,
  );
});

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
}

test.each([
  ['with its stack used up', 'stack_start[0] = 0;', Fault.stackOverflow],
  ['for another reason', '', Fault.watchdog],
])(
  'a chip that stands still %s: its watchdog, and which it was',
  async (name, spoil, value) => {
    const own = join(folder.path, name.replaceAll(' ', '-'));
    cpSync(readBoard('pico').folder, own, { recursive: true });
    edit(join(own, 'watchdog.c'), (text) => text.replace('2000000u', '20000u'));
    // Not again after the restart: there is something to tell.
    const standStill = `if (!watchdog_fired()) { ${spoil} __asm__ volatile("cpsid i"); for (;;) continue; }`;
    edit(join(own, 'uart.c'), (text) =>
      [
        ...['#include "stack.h"', '#define uart_send send_in_truth', text, '#undef uart_send'],
        `void uart_send(void) { ${standStill} send_in_truth(); }`,
      ].join('\n'),
    );
    const line = await openEmulated(readBoard(own));
    try {
      const error = await firstError(line);
      expect(error).toMatchObject({ error: 'fault', value });
    } finally {
      await line.close();
    }
  },
  PATIENCE,
);
