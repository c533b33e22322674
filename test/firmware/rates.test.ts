/** The rates of boards' UARTs: what their clocks make of them, and who is told. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isTried } from '#host/devices/index';
import { type Board, boardIds, readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { configHeader } from '#host/firmware/configuration';
import { programSources } from '#host/firmware/sources';
import { PATIENCE } from './emulators.js';
import { enumerate, UsbHost } from './usb-host.js';

/** The clock that a UART divides, in hertz, and the parts of a clock that its divisor counts: by the chips' manuals. */
const UARTS: Readonly<Record<string, (board: Board) => { readonly clock: number; readonly parts: number }>> =
  {
    // Sixteenths of a bit, in sixty-fourths of a clock.
    pico: ({ core }) => ({ clock: core.clock, parts: 4 }),
    pico2: ({ core }) => ({ clock: core.clock, parts: 4 }),
    lm3s6965evb: ({ core }) => ({ clock: core.clock, parts: 4 }),
    // The bus of USART2 has a quarter of the core's.
    netduinoplus2: ({ core }) => ({ clock: core.clock / 4, parts: 1 }),
    'nucleo-f446re': ({ core }) => ({ clock: core.clock / 4, parts: 1 }),
    'mps2-an386': ({ core }) => ({ clock: core.clock, parts: 1 }),
    // The crystal.
    'esp32-c3': () => ({ clock: 40e6, parts: 16 }),
  };

const baudIn = (header: Uint8Array | string | undefined) =>
  Number(/UART_BAUD (\d+)u/.exec(Buffer.from(header ?? '').toString())?.[1]);

test.each(boardIds().map(readBoard))('$id is found at its rate', ({ uart }) => {
  expect(isTried(uart.baud)).toBe(true);
});

test.each(Object.entries(UARTS))('the clock of %s makes its rate within 2 %%', (id, uartOf) => {
  const board = readBoard(id);
  const { clock, parts } = uartOf(board);
  const { baud } = board.uart;
  const made = (clock * parts) / Math.round((clock * parts) / baud);
  expect(Math.abs(made / baud - 1)).toBeLessThan(0.02);
  // Sixteen samples a bit are what each of them takes.
  expect(clock / 16).toBeGreaterThanOrEqual(baud);
});

describe('a rate that no divisor makes', () => {
  test.each([
    ['nucleo-f446re', 2_400_000, 'its clock makes none within 2 %'],
    ['pico', 8_000_000, 'cannot run at this baud rate'],
    ['esp32-c3', 600, 'cannot run at this baud rate'],
    ['mps2-an386', 1_600_000, 'its clock makes none within 2 %'],
    ['mps2-an386', 1_700_000, 'cannot run at this baud rate'],
    ['microbit', 2_000_000, 'cannot run at this baud rate'],
    ['lm3s6965evb', 921_600, 'cannot run at this baud rate'],
  ])(
    '%s at %i is refused',
    async (id, baud, told) => {
      await expect(buildFirmware(readBoard(id), { baud })).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringContaining(told),
      });
    },
    PATIENCE,
  );
});

test(
  'the emulated Pico divides its clock so',
  async () => {
    const { bin } = await buildFirmware(readBoard('pico'), { parts: ['dense'] });
    const host = new UsbHost(readFileSync(bin));
    enumerate(host);
    expect(host.chip.uart[0].baudRate).toBe(920_810);
  },
  PATIENCE,
);

test.each(['pico', 'lm3s6965evb', 'microbit'])('%s speaks text at the usual rate', (id) => {
  const board = readBoard(id);
  expect(baudIn(configHeader(board, board.uart.baud))).toBe(board.uart.baud);
  expect(baudIn(programSources(board, new Map()).get('config.h'))).toBe(115_200);
  const slow = { ...board, uart: { ...board.uart, baud: 9600 } };
  expect(baudIn(programSources(slow, new Map()).get('config.h'))).toBe(9600);
});
