/** A board that runs its firmware is asked for its boot loader: pseudo-terminals for its port, a folder for its volume. */
import { type ChildProcess, spawn } from 'node:child_process';
import type * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PortDescription } from '#host/devices/index';
import { type Board, readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { flashBoard } from '#host/firmware/flash';
import { hasPython } from '../devices/pseudo-terminal.js';
import { temporaryFolder } from '../runs/small-data.js';
import { plugIn, unplug } from './boot-loader.js';
import { PATIENCE } from './emulators.js';

vi.mock('node:fs/promises', async (original) => {
  const { observed } = await import('./boot-loader.js');
  return observed(await original<typeof fs>());
});

/** The ports of this computer, asked one time after the other; the last answer stays. */
const ports = vi.hoisted(() => ({ listed: [[]] as PortDescription[][] }));
vi.mock('#host/devices/ports', () => ({
  listPorts: async () => (ports.listed.length > 1 ? ports.listed.shift() : ports.listed[0]),
}));

/** Milliseconds: what is waited for comes long before. */
const ENOUGH = 60_000;
const pico = readBoard('pico');
const { command: _, ...byVolume } = pico['flash-tool'] ?? {};
const board: Board = { ...pico, 'flash-tool': byVolume };
beforeAll(async () => {
  await buildFirmware(pico);
}, PATIENCE);

const watched: ChildProcess[] = [];
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  ports.listed = [[]];
});
afterEach(() => {
  for (const child of watched.splice(0)) child.kill();
  folder.remove();
});

const portAt = (path: string, productId = '000A'): PortDescription => ({
  path,
  vendorId: '2E8A',
  productId,
  manufacturer: undefined,
  serialNumber: undefined,
  friendlyName: undefined,
});

/** Says where the terminal is, and when somebody has set it to 1,200 baud. */
const WATCH = `
import os, pty, termios, time
master, slave = pty.openpty()
print(os.ttyname(slave), flush=True)
while termios.tcgetattr(slave)[5] != termios.B1200: time.sleep(0.01)
print('asked', flush=True)
time.sleep(600)
`;

/** A port, and what becomes of whoever sets it to 1,200 baud. */
async function openWatched(onAsked: () => void): Promise<string> {
  const child = spawn('python3', ['-c', WATCH], { stdio: ['ignore', 'pipe', 'inherit'] });
  watched.push(child);
  const lines = createInterface(child.stdout);
  return new Promise((resolve) => {
    lines.on('line', (line) => (line === 'asked' ? onAsked() : resolve(line)));
  });
}

/** A volume that takes the image and leaves. */
function insert(): string {
  const volume = byVolume.volume;
  if (!volume) throw new Error('the pico has no volume');
  const path = plugIn(folder.path, volume, (count) => {
    if (count === 2) unplug(path);
  });
  return path;
}

const flash = (port?: string, patience = ENOUGH) => {
  const asked: string[] = [];
  const where = flashBoard(
    board,
    { port, mounts: [folder.path], patience },
    { onAsk: (path) => asked.push(path) },
  );
  return { where, asked };
};

describe.skipIf(!hasPython || process.platform === 'win32')('by 1,200 baud at its port', () => {
  test('its volume comes, and has the image', async () => {
    const port = await openWatched(insert);
    ports.listed = [[portAt(port)]];
    const { where, asked } = flash();
    expect(await where).toBe(join(folder.path, 'RPI-RP2'));
    expect(asked).toEqual([port]);
  });

  test('of several the one that is named', async () => {
    const port = await openWatched(insert);
    ports.listed = [[portAt('/dev/ttyACM98'), portAt(port)]];
    const { where, asked } = flash(port);
    expect(await where).toBe(join(folder.path, 'RPI-RP2'));
    expect(asked).toEqual([port]);
  });
});

test('of several none that is not named', async () => {
  ports.listed = [[portAt('/dev/ttyACM98'), portAt('/dev/ttyACM99')]];
  const { where, asked } = flash();
  await expect(where).rejects.toMatchObject({
    name: 'UserError',
    message: 'several boards may be the pico: /dev/ttyACM98, /dev/ttyACM99',
    hint: expect.stringContaining('--port'),
  });
  expect(asked).toEqual([]);
});

test('a board whose volume is there is not asked', async () => {
  ports.listed = [[portAt('/dev/ttyACM98')]];
  const path = insert();
  const { where, asked } = flash();
  expect(await where).toBe(path);
  expect(asked).toEqual([]);
});

test.each([
  ['the Debug Probe', '000C'],
  ['the other board', '0009'],
])('%s is not asked', async (_, productId) => {
  ports.listed = [[portAt('/dev/ttyACM98', productId)]];
  const { where, asked } = flash(undefined, 1);
  await expect(where).rejects.toMatchObject({ message: 'there is no USB volume RPI-RP2' });
  expect(asked).toEqual([]);
});

test('a port that goes while it is opened is a board that does what it is asked for', async () => {
  ports.listed = [[portAt(join(folder.path, 'gone'))], []];
  const { where, asked } = flash(undefined, 1);
  await expect(where).rejects.toMatchObject({
    message: 'there is no USB volume RPI-RP2',
    hint: expect.stringContaining('hold BOOTSEL'),
  });
  expect(asked.length).toBe(1);
});

test.skipIf(process.platform === 'win32')('a port that does not open: why, at once', async () => {
  ports.listed = [[portAt('/dev/null')]];
  const { where } = flash();
  await expect(where).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('/dev/null is not a serial port'),
  });
});
