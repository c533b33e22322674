/** Builds that are found again, and builds that must fail. */
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Board, readBoard, stackBytes } from '#host/firmware/board';
import { type BuildOptions, buildFirmware, type Firmware, findFirmware } from '#host/firmware/build';
import { runCommand } from '#host/firmware/command';
import { ElfFile } from '#host/firmware/elf';
import { measureFirmware } from '#host/firmware/size';
import { obtainToolchain, type Toolchain } from '#host/firmware/toolchain';

import { partNames } from '#host/wire/index';
import { contents, roomForBuilds } from './builds.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;

let toolchain: Toolchain;
const { folder, ownBoard, ownCache } = roomForBuilds();
beforeAll(async () => {
  toolchain = await obtainToolchain();
}, PATIENCE);

describe.each(['pico', 'riscv-virt'])('%s', (id) => {
  test(
    'the compiler suite reads the same image out of the ELF file',
    async () => {
      const { elf, bin } = await buildFirmware(readBoard(id));
      const copy = join(folder, `${id}.bin`);
      const { status, errors } = await runCommand(toolchain.zig, ['objcopy', '-O', 'binary', elf, copy], {
        env: toolchain.environment,
      });
      expect({ status, errors }).toEqual({ status: 0, errors: '' });
      expect(readFileSync(copy).equals(readFileSync(bin))).toBe(true);
    },
    PATIENCE,
  );

  test(
    'the size report is what the symbols say',
    async () => {
      const board = readBoard(id);
      const firmware = await buildFirmware(board);
      const size = measureFirmware(firmware, board);
      const elf = new ElfFile(readFileSync(firmware.elf));
      expect(elf.symbol('memory_end')).toBe(board.ram.origin + board.ram.size);
      expect(elf.symbol('memory_start')).toBe(board.ram.origin + stackBytes(board) + board.ram.static);
      expect(size).toMatchObject({ stack: stackBytes(board), flash: readFileSync(firmware.bin).length });
      expect(size.memory + size.stack + size.staticReserved).toBe(size.ram);
      // The rings are in it, so it is not a measure of nothing.
      expect(size.static).toBeGreaterThan(board.uart.window);
      expect(size.static).toBeLessThanOrEqual(size.staticReserved);
    },
    PATIENCE,
  );
});

test(
  'what decides the bytes decides the name, and nothing else does',
  async () => {
    const board = readBoard('mps2-an386');
    const own = (name: string, file: string, replace: (text: string) => string) =>
      ownBoard(name, board.id, file, replace);
    const builds: readonly (readonly [Board, BuildOptions])[] = [
      [board, {}],
      [board, { checked: true }],
      [board, { forms: false }],
      [board, { baud: 230_400 }],
      [board, { parts: ['dense'] }],
      [board, { parts: ['dense', 'windows'] }],
      [own('slower', 'board.toml', (text) => text.replace('25_000_000', '20_000_000')), {}],
      [own('other', 'uart.c', (text) => `${text}\nint nobody_asks;\n`), {}],
    ];
    const files = await Promise.all(builds.map(([of, options]) => buildFirmware(of, options)));
    expect(new Set(files.map(({ elf }) => elf)).size).toBe(builds.length);
    const twin = own(board.id, 'board.toml', (text) => `# a remark\n${text}`);
    expect(await buildFirmware(twin)).toEqual(files[0]);
    expect(await buildFirmware(board, { baud: board.uart.baud })).toEqual(files[0]);
    expect(await buildFirmware(board, { parts: partNames })).toEqual(files[0]);
    expect(await buildFirmware(board, { parts: ['windows', 'dense', 'windows'] })).toEqual(files[5]);
  },
  PATIENCE,
);

describe('in a cache of its own', () => {
  const board = readBoard('mps2-an386');
  let cache: string;
  let built: readonly Firmware[];
  let first: ReturnType<typeof contents>;
  beforeAll(async () => {
    cache = ownCache('own', 'and what the compiler remembers');
    built = await Promise.all([buildFirmware(board), buildFirmware(board)]);
    first = contents(built[0]);
  }, PATIENCE);
  beforeEach(() => void vi.stubEnv('EQPROP_CACHE', cache));

  const entries = () => readdirSync(join(cache, 'firmware'));

  test('two at once end well, in one folder', () => {
    expect(built[0]).toEqual(built[1]);
    expect(entries()).toHaveLength(1);
    expect(new ElfFile(readFileSync(built[0].elf)).symbol('reset')).toBeGreaterThan(0);
  });

  test.each<[string, (firmware: Firmware) => void]>([
    ['an ELF file cut off', ({ elf }) => truncateSync(elf, 5000)],
    ['half an image', ({ bin }) => truncateSync(bin, statSync(bin).size / 2)],
    ['an image with one bit turned', ({ bin }) => turnBit(bin, 4000)],
    ['no map', ({ map }) => rmSync(map)],
    ['an empty list of its files', ({ elf }) => truncateSync(join(dirname(elf), 'contents.json'), 0)],
  ])(
    '%s: built anew',
    async (_, damage) => {
      damage(built[0]);
      expect(findFirmware(board)).toBeUndefined();
      const onCompile = vi.fn();
      const again = await buildFirmware(board, {}, { onCompile });
      expect(onCompile).toHaveBeenCalledOnce();
      expect(again).toEqual(built[0]);
      expect(contents(again)).toEqual(first);
      expect(entries()).toHaveLength(1);
      await buildFirmware(board, {}, { onCompile });
      expect(onCompile).toHaveBeenCalledOnce();
    },
    PATIENCE,
  );
});

function turnBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] ^= 1;
  writeFileSync(file, bytes);
}

describe('what cannot be built is told', () => {
  test.each<[string, string, (text: string) => string, RegExp, RegExp?]>([
    [
      'variables that need more than is reserved',
      'board.toml',
      (text) => text.replace('static = 5120', 'static = 4104'),
      /the linker failed:[\s\S]*the variables need more than ram\.static in board\.toml/,
      /board\.toml/,
    ],
    [
      'a flash that is too small',
      'board.toml',
      (text) => text.replace(/size = 0x40_0000/, 'size = 0x2000'),
      /the linker failed:[\s\S]*FLASH/,
      /board\.toml/,
    ],
    [
      'C that does not compile',
      'uart.c',
      (text) => `${text}\nint oops(void) { return nowhere; }\n`,
      /the compiler failed:[\s\S]*board\/uart\.c:\d+:\d+: error: .*nowhere/,
    ],
    [
      'C that leaves something out',
      'uart.c',
      (text) => text.replace(/\bvoid uart_open\b/, 'void uart_opne'),
      /failed:[\s\S]*uart_open/,
    ],
    ['a linker script without the common one', 'link.ld', () => 'INCLUDE memory.ld\n', /linker/],
  ])('%s', async (name, file, spoil, message, hint = /^/) => {
    const board = ownBoard(name.replaceAll(' ', '-'), 'mps2-an386', file, spoil);
    const failure = await buildFirmware(board).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect((failure as { hint?: string }).hint ?? '').toMatch(hint);
    expect(findFirmware(board)).toBeUndefined();
  });
});
