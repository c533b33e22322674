/** Builds that must be the same bytes, and builds that must fail. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Board, boardsFolder, readBoard } from '#host/firmware/board';
import { type BuildOptions, buildFirmware, type Firmware, findFirmware } from '#host/firmware/build';
import { cacheFolder } from '#host/firmware/cache';
import { runCommand } from '#host/firmware/command';
import { ElfFile } from '#host/firmware/elf';
import { measureFirmware } from '#host/firmware/size';
import { obtainToolchain, type Toolchain } from '#host/firmware/toolchain';
import { kindNames } from '#host/wire/index';
import { temporaryFolder } from '../runs/small-data.js';

/** The first fetch of the compiler included. */
const PATIENCE = 400_000;

let toolchain: Toolchain;
let tools: readonly string[];
const folder = temporaryFolder();
beforeAll(async () => {
  toolchain = await obtainToolchain();
  tools = readdirSync(cacheFolder()).filter((name) => name.startsWith('toolchain'));
}, PATIENCE);
afterEach(() => vi.unstubAllEnvs());
afterAll(() => folder.remove());

/** A cache with the tools and nothing else: the compiler's own is there too. */
function emptyCache(name: string): string {
  const cache = join(folder.path, name);
  const real = cacheFolder();
  mkdirSync(cache);
  for (const tool of tools) symlinkSync(join(real, tool), join(cache, tool), 'dir');
  vi.stubEnv('EQPROP_CACHE', cache);
  return cache;
}

/** A board of one's own: a copy of one that comes along, with some text replaced. */
function ownBoard(name: string, from: string, file: string, replace: (text: string) => string): Board {
  const copy = join(folder.path, name);
  cpSync(join(boardsFolder, from), copy, { recursive: true });
  writeFileSync(join(copy, file), replace(readFileSync(join(copy, file), 'utf8')));
  return readBoard(copy);
}

const contents = (firmware: Firmware) =>
  Object.fromEntries(
    Object.entries(firmware).flatMap(([kind, path]) =>
      typeof path !== 'string' ? [] : [[kind, readFileSync(path).toString('latin1')]],
    ),
  );

describe.each(['pico', 'riscv-virt'])('%s', (id) => {
  test(
    'the same bytes, whatever folder they are built in, and no name of it',
    async () => {
      const built = [];
      for (const place of ['here', 'there and not there']) {
        emptyCache(`${id} ${place}`);
        const firmware = await buildFirmware(readBoard(id));
        expect(findFirmware(readBoard(id))).toEqual(firmware);
        built.push(contents(firmware));
        vi.unstubAllEnvs();
      }
      const [first, second] = built;
      expect(Object.keys(first)).toEqual(Object.keys(second));
      for (const [kind, bytes] of Object.entries(first)) {
        expect(second[kind] === bytes, kind).toBe(true);
        for (const place of [folder.path, homedir(), boardsFolder])
          expect(bytes.includes(place), `${kind} names ${place}`).toBe(false);
      }
      expect(first.map).toMatch(/^\s*[0-9a-f]+ .* libcompiler_rt\.a\(\S+\.o\):\(/m);
    },
    PATIENCE,
  );

  test(
    'the compiler suite reads the same image out of the ELF file',
    async () => {
      const { elf, bin } = await buildFirmware(readBoard(id));
      const copy = join(folder.path, `${id}.bin`);
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
      expect(elf.symbol('memory_start')).toBe(board.ram.origin + board.ram.stack + board.ram.static);
      expect(size).toMatchObject({ stack: board.ram.stack, flash: readFileSync(firmware.bin).length });
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
      [board, { baud: 230_400 }],
      [board, { kinds: ['dense'] }],
      [board, { kinds: ['dense', 'windows'] }],
      [own('slower', 'board.toml', (text) => text.replace('25_000_000', '20_000_000')), {}],
      [own('other', 'uart.c', (text) => `${text}\nint nobody_asks;\n`), {}],
    ];
    const files = await Promise.all(builds.map(([of, options]) => buildFirmware(of, options)));
    expect(new Set(files.map(({ elf }) => elf)).size).toBe(builds.length);
    const twin = own(board.id, 'board.toml', (text) => `# a remark\n${text}`);
    expect(await buildFirmware(twin)).toEqual(files[0]);
    expect(await buildFirmware(board, { baud: board.uart.baud })).toEqual(files[0]);
    expect(await buildFirmware(board, { kinds: kindNames })).toEqual(files[0]);
    expect(await buildFirmware(board, { kinds: ['windows', 'dense', 'windows'] })).toEqual(files[4]);
  },
  PATIENCE,
);

describe('in a cache of its own', () => {
  const board = readBoard('mps2-an386');
  let cache: string;
  let built: readonly Firmware[];
  let first: ReturnType<typeof contents>;
  beforeAll(async () => {
    cache = emptyCache('own');
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

  test.each([
    ['libraries', 'o', 5000],
    ['notes', 'h', 60],
  ])(
    'the compiler’s own %s cut off: it forgets them',
    async (_, part, length) => {
      rmSync(join(cache, 'firmware'), { recursive: true });
      // The compiler may have forgotten all in the test before.
      await buildFirmware(board);
      rmSync(join(cache, 'firmware'), { recursive: true });
      const damaged = readdirSync(join(cache, 'zig', part), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      expect(damaged).not.toEqual([]);
      for (const file of damaged) if (statSync(file).size > length) truncateSync(file, length);
      expect(contents(await buildFirmware(board))).toEqual(first);
    },
    PATIENCE,
  );
});

function turnBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] ^= 1;
  writeFileSync(file, bytes);
}

test('C that says what the compiler says of its own damage: it forgets nothing', async () => {
  const cache = emptyCache('remembers');
  const memory = join(cache, 'zig');
  mkdirSync(memory);
  writeFileSync(join(memory, 'mark'), '');
  const board = ownBoard('unsupported', 'mps2-an386', 'uart.c', (text) => `${text}\n#error Unsupported\n`);
  await expect(buildFirmware(board)).rejects.toThrow(/the compiler failed:[\s\S]*error: Unsupported/);
  expect(readdirSync(memory)).toContain('mark');
});

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
