/** Flashing: onto folders that stand for USB volumes, by scripts that stand for tools. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type * as fs from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Board, readBoard } from '#host/firmware/board';
import { buildFirmware, type Firmware } from '#host/firmware/build';
import { flashBoard, imageOf } from '#host/firmware/flash';
import type { BootVolume } from '#host/firmware/volume';
import { temporaryFolder } from '../runs/small-data.js';
import { inputOutputError, type OnArrival, plugIn, unplug } from './boot-loader.js';

vi.mock('node:fs/promises', async (original) => {
  const { observed } = await import('./boot-loader.js');
  return observed(await original<typeof fs>());
});

/** No board that happens to be plugged in is asked for its boot loader. */
vi.mock('#host/devices/ports', () => ({ listPorts: async () => [] }));

const PATIENCE = 400_000;
/** Milliseconds: what is waited for comes long before. */
const ENOUGH = 20_000;
const pico = readBoard('pico');
let firmware: Firmware;
beforeAll(async () => {
  firmware = await buildFirmware(pico);
}, PATIENCE);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

/** A tool on the PATH, alone there, that notes its parameters and runs a script. */
function install(tool: string, script = ''): () => string {
  const notes = join(folder.path, 'parameters');
  const path = join(folder.path, tool);
  writeFileSync(path, `#!/bin/sh\necho "$@" > '${notes}'\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${folder.path}${delimiter}/nowhere`);
  return () => readFileSync(notes, 'utf8').trim();
}

const withTool = (tool: Board['flash-tool']): Board => ({ ...pico, 'flash-tool': tool });
/** @param patience milliseconds: none where a volume never shows what is waited for */
const flash = (board: Board, { port, patience = ENOUGH }: { port?: string; patience?: number } = {}) =>
  flashBoard(board, { port, mounts: [folder.path], patience });

function volumeOf(board: Board): BootVolume {
  const { volume } = board['flash-tool'] ?? {};
  if (!volume) throw new Error(`${board.id} has no volume`);
  return volume;
}

/** Milliseconds: the waiting has begun, or has not; either way must end well. */
const soon = (work: () => void) => void setTimeout(work, 20);

const refusal = (message: RegExp, hint = /./) =>
  expect.objectContaining({
    name: 'UserError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('by a volume that leaves', () => {
  const { command: _, ...tool } = pico['flash-tool'] ?? {};
  const board = withTool(tool);
  const volume = volumeOf(board);
  const insert = (onArrival?: OnArrival) => plugIn(folder.path, volume, onArrival);

  test.each([
    ['at once', (path: string) => unplug(path)],
    ['after a while', (path: string) => soon(() => unplug(path))],
    [
      'before the file is closed',
      (path: string) => {
        unplug(path);
        throw inputOutputError();
      },
    ],
  ])('%s, with the whole image', async (_, leave) => {
    const image = readFileSync(imageOf(firmware, pico));
    const written: number[] = [];
    const path = insert((count) => {
      const copy = readFileSync(join(path, 'firmware.uf2'));
      expect(copy.equals(image.subarray(0, copy.length))).toBe(true);
      written.push(copy.length);
      if (count === 2) leave(path);
    });
    expect(await flash(board)).toBe(path);
    // The last block is written when all others have arrived.
    expect(written).toEqual([image.length - 512, image.length]);
  });

  test('that is named by its path, whatever it is called', async () => {
    const path = insert((count) => {
      if (count === 2) unplug(path);
    });
    expect(await flashBoard(board, { volume: path, mounts: [] })).toBe(path);
    await expect(flashBoard(board, { volume: folder.path })).rejects.toThrow(
      refusal(/is not the boot loader's volume of the pico: no INFO_UF2.TXT in it says/, /hold BOOTSEL/),
    );
    await expect(
      flashBoard(withTool({ command: ['tool'], 'boot-loader': 'press' }), { volume: path }),
    ).rejects.toThrow(refusal(/the pico is not flashed by a volume/));
  });

  test.each([
    ['told by the system', true],
    ['not told', false],
  ])('half-way, %s: what to press', async (_, told) => {
    const path = insert((count) => {
      expect(count).toBe(1);
      unplug(path);
      if (told) throw inputOutputError();
    });
    await expect(flash(board)).rejects.toThrow(
      refusal(/RPI-RP2 left before it had the whole image/, /hold BOOTSEL/),
    );
  });

  test('and stays: what to press', async () => {
    insert();
    await expect(flash(board, { patience: 1 })).rejects.toThrow(
      refusal(/RPI-RP2 is still there 0\.001 s after .*did not take it/, /hold BOOTSEL/),
    );
  });

  test('and cannot be written', async () => {
    mkdirSync(join(insert(), 'firmware.uf2'));
    await expect(flash(board)).rejects.toThrow(
      refusal(/could not write to .*RPI-RP2: EISDIR/, /hold BOOTSEL/),
    );
  });

  test('beside a folder that an earlier one left behind', async () => {
    mkdirSync(join(folder.path, 'RPI-RP2'));
    const path = plugIn(folder.path, { ...volume, names: ['RPI-RP21'] }, (count) => {
      if (count === 2) unplug(path);
    });
    expect(await flash(board)).toBe(path);
    expect(readdirSync(join(folder.path, 'RPI-RP2'))).toEqual([]);
  });

  test.each([
    ['without the file that tells the volume', undefined],
    ['that another boot loader marked', 'Board-ID: RP2350\r\n'],
  ])('a folder %s is none', async (_, words) => {
    const path = join(folder.path, 'RPI-RP2');
    mkdirSync(path);
    if (words) writeFileSync(join(path, 'INFO_UF2.TXT'), words);
    await expect(flash(board)).rejects.toThrow(
      refusal(
        /no USB volume RPI-RP2 \(.*RPI-RP2 is a folder: no INFO_UF2\.TXT in it says 'Board-ID: RPI-RP2'\)/,
        /hold BOOTSEL/,
      ),
    );
    expect(existsSync(join(path, 'firmware.uf2'))).toBe(false);
  });

  test('none at all: what to press', async () => {
    await expect(flash(board)).rejects.toThrow(refusal(/^there is no USB volume RPI-RP2$/, /hold BOOTSEL/));
  });
});

describe('by a volume that returns', () => {
  const { command: _, ...tool } = readBoard('nucleo-f446re')['flash-tool'] ?? {};
  const board: Board = { ...withTool(tool), image: { file: 'bin' } };
  const volume = volumeOf(board);
  const insert = (onArrival?: OnArrival, by = volume) => plugIn(folder.path, by, onArrival);
  const copyIn = (path: string) => join(path, 'firmware.bin');

  test.each(volume.names)('without the copy, as %s', async (name) => {
    const mounted = { ...volume, names: [name] };
    const path = insert(() => {
      expect(readFileSync(copyIn(path)).equals(readFileSync(firmware.bin))).toBe(true);
      unplug(path);
      soon(() => insert(undefined, mounted));
    }, mounted);
    expect(await flash(board)).toBe(path);
  });

  test('faster than one looks', async () => {
    const path = insert(() => rmSync(copyIn(path)));
    expect(await flash(board)).toBe(path);
  });

  test('with a complaint', async () => {
    const path = insert(() => {
      unplug(path);
      soon(() => {
        mkdirSync(path);
        writeFileSync(join(path, 'FAIL.TXT'), 'The flash\r\ncould not\x1b[2J be erased\r\n');
        insert();
      });
    });
    await expect(flash(board)).rejects.toThrow(
      refusal(/NODE_F446RE refused the image: The flash could not \[2J be erased$/, /plug the board in/),
    );
  });

  test('an old complaint does not count once the image is taken', async () => {
    const path = insert(() => {
      rmSync(copyIn(path));
      rmSync(join(path, 'FAIL.TXT'));
    });
    writeFileSync(join(path, 'FAIL.TXT'), 'of yesterday');
    expect(await flash(board)).toBe(path);
  });

  test('full, for a reason that it tells', async () => {
    const path = insert(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    writeFileSync(join(path, 'FAIL.TXT'), 'The target cannot be halted');
    await expect(flash(board)).rejects.toThrow(refusal(/could not write to .*: The target cannot be halted/));
  });

  test('but left half-way, whatever comes back', async () => {
    const path = insert(() => {
      unplug(path);
      throw inputOutputError();
    });
    await expect(flash(board)).rejects.toThrow(
      refusal(/left before it had the whole image/, /plug the board in/),
    );
  });

  test('not at all', async () => {
    const path = insert(() => unplug(path));
    await expect(flash(board, { patience: 1 })).rejects.toThrow(
      refusal(/NODE_F446RE left and did not come back within 0\.001 s/, /plug the board in/),
    );
  });

  test('and never left', async () => {
    insert();
    await expect(flash(board, { patience: 1 })).rejects.toThrow(
      refusal(/NODE_F446RE is still there .*did not take it/, /plug the board in/),
    );
  });
});

describe.skipIf(process.platform === 'win32')('by a tool', () => {
  const board = withTool({
    command: ['burn', '--to', '{port}', 'write', '{image}', '0x0'],
    'boot-loader': 'press B',
  });

  test('it is given the image and the port', async () => {
    const parameters = install('burn');
    expect(await flash(board, { port: '/dev/ttyACM7' })).toBe('burn');
    expect(parameters()).toBe(`--to /dev/ttyACM7 write ${imageOf(firmware, pico)} 0x0`);
  });

  test('that must be told the port, and is not', async () => {
    install('burn');
    await expect(flash(board)).rejects.toMatchObject({
      name: 'UserError',
      message: 'burn must be told the port of the pico',
      hint: expect.stringContaining('--port'),
    });
  });

  test('where there is no volume', async () => {
    const parameters = install('picotool');
    expect(await flash(pico)).toBe('picotool');
    expect(parameters()).toContain(imageOf(firmware, pico));
  });

  test('that fails: its last words, and what to press', async () => {
    install('burn', 'echo no board here >&2; exit 3');
    await expect(flash(board, { port: 'x' })).rejects.toMatchObject({
      name: 'UserError',
      message: 'burn failed:\nno board here',
      hint: expect.stringContaining('press B'),
    });
  });

  test('that is missing: what to install', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(flash(board, { port: 'x' })).rejects.toMatchObject({
      name: 'UserError',
      message: 'burn is not installed',
      hint: expect.stringContaining('install it'),
    });
    await expect(flash(pico)).rejects.toMatchObject({
      message: 'there is no USB volume RPI-RP2, and no picotool',
      hint: expect.stringMatching(/hold BOOTSEL.*install picotool: https:/),
    });
  });
});

test('a patience that is no duration', async () => {
  await expect(flash(pico, { patience: Number.NaN })).rejects.toMatchObject({
    name: 'UserError',
    message: 'the patience with a volume is NaN ms',
  });
});

test('a board that names no way', async () => {
  await expect(flash(readBoard('mps2-an386'))).rejects.toMatchObject({
    name: 'UserError',
    hint: expect.stringContaining('eqprop emulate mps2-an386'),
  });
  const { emulator: _, 'flash-tool': __, ...bare } = pico;
  await expect(flash(bare)).rejects.toMatchObject({ hint: 'add a [flash-tool]' });
});
