/** Flashing: onto folders that stand for USB volumes, by scripts that stand for tools. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Board, readBoard } from '#host/firmware/board';
import { buildFirmware, type Firmware } from '#host/firmware/build';
import { flashBoard, imageOf } from '#host/firmware/flash';
import { temporaryFolder } from '../training/small-data.js';

const PATIENCE = 400_000;
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

function plugIn(volume: string): string {
  const path = join(folder.path, volume);
  mkdirSync(path, { recursive: true });
  return path;
}

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
const flash = (board: Board, port?: string) => flashBoard(board, { port, mounts: [folder.path] });

describe('by a volume', () => {
  test('the file that the board takes is copied', async () => {
    const volume = plugIn('RPI-RP2');
    expect(await flash(pico)).toBe(volume);
    expect(readdirSync(volume)).toEqual(['firmware.uf2']);
    expect(readFileSync(join(volume, 'firmware.uf2')).equals(readFileSync(imageOf(firmware, pico)))).toBe(
      true,
    );
  });

  test('without one: what to press', async () => {
    const board = withTool({ volume: 'RPI-RP2', 'boot-loader': 'hold BOOTSEL' });
    await expect(flash(board)).rejects.toMatchObject({
      name: 'UserError',
      message: 'there is no USB volume RPI-RP2',
      hint: expect.stringContaining('hold BOOTSEL'),
    });
  });

  test('one that cannot be written', async () => {
    mkdirSync(join(plugIn('RPI-RP2'), 'firmware.uf2'));
    await expect(flash(pico)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('could not write to'),
    });
  });
});

describe.skipIf(process.platform === 'win32')('by a tool', () => {
  const board = withTool({
    command: ['burn', '--to', '{port}', 'write', '{image}', '0x0'],
    'boot-loader': 'press B',
  });

  test('it is given the image and the port', async () => {
    const parameters = install('burn');
    expect(await flash(board, '/dev/ttyACM7')).toBe('burn');
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
    await expect(flash(board, 'x')).rejects.toMatchObject({
      name: 'UserError',
      message: 'burn failed:\nno board here',
      hint: expect.stringContaining('press B'),
    });
  });

  test('that is missing: what to install', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(flash(board, 'x')).rejects.toMatchObject({
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

test('a board that names no way', async () => {
  await expect(flash(readBoard('mps2-an386'))).rejects.toMatchObject({
    name: 'UserError',
    hint: expect.stringContaining('eqprop emulate mps2-an386'),
  });
  const { emulator: _, 'flash-tool': __, ...bare } = pico;
  await expect(flash(bare)).rejects.toMatchObject({ hint: 'add a [flash-tool]' });
});
