import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { RP2040 } from 'rp2040js';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  boardIds,
  boardsFolder,
  boardsOfPort,
  checkBoard,
  exercisedIn,
  readBoard,
} from '#host/firmware/board';
import { temporaryFolder } from '../runs/small-data.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

type Table = Record<string, unknown>;
const picoToml = readFileSync(join(boardsFolder, 'pico', 'board.toml'), 'utf8');

/** The Pico's values, with some replaced or, where undefined, left out; keys are paths. */
function pico(changes: Table = {}): Table {
  const values = parse(picoToml) as Table;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() as string;
    const table = keys.reduce<Table>((inner, key) => inner[key] as Table, values);
    if (value === undefined) delete table[last];
    else table[last] = value;
  }
  return values;
}

const refusal = (message: string | RegExp, hint: string | RegExp = /./) =>
  expect.objectContaining({
    name: 'UserError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('the boards that come along', () => {
  test('are listed, and what is no board is not', () => {
    expect(boardIds()).toEqual([...boardIds()].sort());
    expect(boardIds()).toEqual(
      expect.arrayContaining([
        ...['esp32-c3', 'mps2-an386', 'netduinoplus2', 'nucleo-f446re', 'pico', 'pico2', 'riscv-virt'],
      ]),
    );
    expect(boardIds()).not.toContain('common');
  });

  test.each(boardIds())('%s', (id) => {
    const board = readBoard(id);
    expect(board).toMatchObject({ id, folder: join(boardsFolder, id) });
    expect(exercisedIn(board)).toMatch(/^(QEMU .+|rp2040js|built, not yet run)$/);
  });

  test('the Pico has the memory of its emulated chip', () => {
    const chip = new RP2040();
    const { ram, core } = readBoard('pico');
    expect(ram).toMatchObject({ origin: 0x2000_0000, size: chip.sram.length });
    expect(core.clock).toBe(chip.clkSys);
  });
});

/** Regions of memory as QEMU itself tells them. */
function memoryOf(id: string): readonly (readonly [number, number])[] | undefined {
  const { emulator } = readBoard(id);
  if (emulator?.kind !== 'qemu') throw new Error(`${id} is not QEMU's`);
  const { error, stdout } = spawnSync(
    `qemu-system-${emulator.system}`,
    [
      '-M',
      emulator.machine,
      ...emulator.options,
      '-S',
      '-display',
      'none',
      '-serial',
      'null',
      '-monitor',
      'stdio',
    ],
    { input: 'info mtree -f\nquit\n', encoding: 'utf8' },
  );
  if (error) return undefined;
  const lines = stdout.matchAll(/^\s*([0-9a-f]{16})-([0-9a-f]{16}) \(prio \d+, (?:ram|romd?)\)/gm);
  return [...lines].map(([, first, last]) => [Number.parseInt(first, 16), Number.parseInt(last, 16)]);
}

test.for(
  boardIds().filter((id) => readBoard(id).emulator?.kind === 'qemu'),
)('QEMU has the memory that %s describes', (id, { skip }) => {
  const memory = memoryOf(id);
  skip(memory === undefined, 'QEMU is not installed');
  const { flash, ram } = readBoard(id);
  for (const { origin, size } of [flash, ram])
    expect(memory?.some(([first, last]) => first <= origin && origin + size - 1 <= last)).toBe(true);
});

describe('a board of one’s own', () => {
  const own = (name: string) => join(folder.path, name);

  test('by its folder, by its file, by a relative path', () => {
    mkdirSync(own('mine'));
    writeFileSync(join(own('mine'), 'board.toml'), picoToml.replace('Raspberry Pi Pico', 'Mine'));
    const expected = { id: 'mine', name: 'Mine', folder: own('mine') };
    expect(readBoard(own('mine'))).toMatchObject(expected);
    expect(readBoard(join(own('mine'), 'board.toml'))).toMatchObject(expected);
    expect(readBoard(relative('', own('mine')))).toMatchObject(expected);
  });

  test('that is not there', () => {
    expect(() => readBoard(own('none'))).toThrow(refusal(`there is no board.toml in ${own('none')}`));
  });

  test('TOML that is none names file and line', () => {
    mkdirSync(own('broken'));
    writeFileSync(join(own('broken'), 'board.toml'), 'name = "Broken"\nvendor = = 2\n');
    expect(() => readBoard(own('broken'))).toThrow(refusal(/broken.board\.toml, line 2: /));
  });

  test('a mistake names file and key', () => {
    mkdirSync(own('wrong'));
    writeFileSync(join(own('wrong'), 'board.toml'), picoToml.replace('clock =', 'clocks ='));
    expect(() => readBoard(own('wrong'))).toThrow(refusal(/wrong.board\.toml: .*'core\.clock/));
  });
});

test.each([
  ['pcio', "did you mean 'pico'?"],
  ['riscv-vitr', "did you mean 'riscv-virt'?"],
  ['no-board-resembles-this', `the boards are ${boardIds().join(', ')}`],
])('there is no %s', (id, hint) => {
  expect(() => readBoard(id)).toThrow(refusal(`there is no board '${id}'`, hint.replace('?', '\\?')));
});

describe('the core', () => {
  const withCore = (name: string, cpu: string, stack: number) => {
    const path = join(folder.path, name);
    mkdirSync(path);
    const toml = picoToml.replace('cortex-m0plus', cpu).replace(/^stack = \d+/m, `stack = ${stack}`);
    writeFileSync(join(path, 'board.toml'), toml);
    return path;
  };
  const coreFile = (text: string) => `family = "cortex-m"\nflags = ["-mcpu=x"]\n${text}`;

  test('there is none of that name', () => {
    const path = withCore('avr', 'avr', 2048);
    expect(() => readBoard(path)).toThrow(
      refusal(/avr.board\.toml: core\.cpu: there is no core 'avr'/, /cortex-m0plus, .*rv32imc.*README/),
    );
    expect(() => readBoard(withCore('m9', 'cortex-m9', 2048))).toThrow(
      refusal(/no core 'cortex-m9'/, /did you mean 'cortex-m/),
    );
  });

  test('may lie beside board.toml', () => {
    const path = withCore('own-core', 'my-core', 2048);
    writeFileSync(join(path, 'my-core.toml'), coreFile('stack = 700\n'));
    const target = { family: 'cortex-m', flags: ['-mcpu=x'], stack: 700 };
    expect(readBoard(path).target).toEqual(target);
  });

  test('a mistake in its file names file and key', () => {
    const path = withCore('wrong-core', 'my-core', 2048);
    writeFileSync(join(path, 'my-core.toml'), coreFile('stak = 700\n'));
    expect(() => readBoard(path)).toThrow(refusal(/my-core\.toml: .*'sta/));
  });

  test('needs more stack than there is: how much', () => {
    const path = withCore('too-little', 'my-core', 1248);
    const file = join(path, 'my-core.toml');
    writeFileSync(file, coreFile('stack = 1000\n'));
    expect(() => readBoard(path)).toThrow(
      refusal(/ram\.stack is 1248 bytes, firmware for my-core needs 1256$/, /use 1000; write stack = 1256/),
    );
    writeFileSync(file, coreFile('stack = 998\n'));
    expect(readBoard(path).ram.stack).toBe(1248);
  });
});

describe('refused', () => {
  test.each<[string, Table, RegExp, RegExp?]>([
    ['an unknown key', { nmae: 'x' }, /unknown key 'nmae'/, /'name'/],
    ['an unknown key in a table', { 'flash.orgin': 0 }, /unknown key 'flash\.orgin'/, /'origin'/],
    ['a key that resembles none', { 'uart.colour': 1 }, /unknown key 'uart\.colour'/, /name, baud, window/],
    ['a key of another emulator', { 'emulator.machine': 'x' }, /unknown key 'emulator\.machine'/],
    ['a UF2 family without UF2', { 'image.file': 'bin' }, /unknown key 'image\.uf2-family'/],
    ['a missing key', { name: undefined }, /: 'name' is missing/],
    ['a missing table', { ram: undefined }, /: 'ram' is missing/],
    ['a missing key in a table', { 'ram.stack': undefined }, /: 'ram\.stack' is missing/],
    ['a missing kind', { 'emulator.kind': undefined }, /: 'emulator\.kind' is missing/],
    ['UF2 without its family', { 'image.uf2-family': undefined }, /: 'image\.uf2-family' is missing/],
    ['a core of no form', { 'core.cpu': '../avr' }, /core\.cpu: write the name of a core/],
    ['an unknown emulator', { 'emulator.kind': 'renode' }, /emulator\.kind: .*"renode"/],
    ['a clock that stands still', { 'core.clock': 0 }, /core\.clock: /],
    ['half a word', { 'flash.origin': 2 }, /flash\.origin: /],
    ['an origin below zero', { 'ram.origin': -4 }, /ram\.origin: /],
    ['a stack not aligned', { 'ram.stack': 2044 }, /ram\.stack: /],
    ['a ring that is no power of two', { 'uart.window': 3000 }, /uart\.window: a ring is a power of two/],
    ['a window larger than its place', { 'uart.window': 16_384 }, /ram\.static is 9728 bytes/],
    ['no memory left for the module', { 'ram.stack': 0x41400 }, /leave nothing of the RAM/],
    ['RAM beyond the addresses', { 'ram.origin': 0xffff_fff0 }, /ram ends beyond 32-bit addresses/],
    ['RAM in the flash', { 'ram.origin': 0x1010_0000 }, /flash .* and ram .* overlap/],
    ['a USB id of no form', { 'usb.ids': ['2E8A:000C'] }, /usb\.ids\.0: write vendor:product/],
    ['a flashing tool without the image', { 'flash-tool.command': ['picotool', 'load'] }, /'\{image\}'/],
    ['a placeholder there is not', { 'flash-tool.command': ['x', '{image}', '{prt}'] }, /'\{port\}'/],
    ['a volume elsewhere', { 'flash-tool.volume.names': ['../home'] }, /volume\.names\.0: write a name/],
    ['a volume above', { 'flash-tool.volume.names': ['..'] }, /volume\.names\.0: write a name/],
    [
      'a volume told by nothing',
      { 'flash-tool.volume.file': undefined },
      /'flash-tool\.volume\.file' is missing/,
    ],
    ['a volume that says nothing', { 'flash-tool.volume.says': '' }, /flash-tool\.volume\.says: /],
    ['a volume without an end', { 'flash-tool.volume.when-done': 'waits' }, /volume\.when-done: .*"waits"/],
    [
      'an unknown key of a volume',
      { 'flash-tool.volume.nmaes': ['x'] },
      /unknown key 'flash-tool\.volume\.nmaes'/,
      /'names'/,
    ],
  ])('%s', (_, changes, message, hint) => {
    expect(() => checkBoard(pico(changes), 'board.toml')).toThrow(refusal(message, hint));
  });
});

test('regions may touch but not overlap, wherever they lie', () => {
  const region = fc.record({
    origin: fc.integer({ min: 0, max: 12 }).map((n) => n * 8192),
    size: fc.integer({ min: 2, max: 6 }).map((n) => n * 8192),
  });
  fc.assert(
    fc.property(region, region, (flash, ram) => {
      const values = pico({ flash, ram: { ...ram, stack: 1024, static: 9216 } });
      // A witness that counts places instead of comparing ends.
      const places = (r: typeof ram) => Array.from({ length: r.size / 8192 }, (_, i) => r.origin / 8192 + i);
      const shared = places(flash).some((place) => places(ram).includes(place));
      const check = () => checkBoard(values, 'board.toml');
      if (shared) expect(check).toThrow(/overlap/);
      else expect(check).not.toThrow();
    }),
  );
});

describe('the board behind a port', () => {
  test('all that come with the same adapter', () => {
    const boards = boardsOfPort({ vendorId: '2e8a', productId: '000c' });
    expect(boards).toEqual(expect.arrayContaining(['pico', 'pico2']));
    expect(boards).not.toContain('nucleo-f446re');
  });

  test('as Windows writes it', () => {
    const boards = boardsOfPort({ vendorId: '2e8a', productId: '000c' });
    expect(boardsOfPort({ vendorId: '2E8A', productId: '000C' })).toEqual(boards);
  });

  test.each([
    ['dead', 'beef'],
    ['2e8a', undefined],
    [undefined, undefined],
  ])('none for %s:%s', (vendorId, productId) => {
    expect(boardsOfPort({ vendorId, productId })).toEqual([]);
  });
});
