/** Emulators behind an address. */
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDevice } from '#host/devices/index';
import { boardsFolder, readBoard } from '#host/firmware/board';
import { type Emulation, emulate, serve } from '#host/firmware/emulate';
import { Link } from '#host/link/index';
import { temporaryFolder } from '../runs/small-data.js';

const baudRate = 115_200;
const options = { baudRate, arena: 1 << 16, window: 1024 };

const running: Emulation[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulation) => emulation.stop()));
});

async function served(port = 0): Promise<Emulation> {
  const emulation = await serve(await openDevice('simulated', options), port);
  running.push(emulation);
  return emulation;
}

describe('a line behind TCP', () => {
  test('answers one client after the other, whatever one has left behind', async () => {
    const { address } = await served();
    for (let client = 0; client < 3; client++) {
      const line = await openDevice(address, { baudRate });
      // Half a sentence.
      line.stream.write(Uint8Array.of(3, 1, 2, client));
      const link = await Link.open(line.stream);
      expect(link.device.arena).toBe(options.arena);
      link.close();
      await line.close();
    }
  });

  test('is on the loopback interface alone, and not for two at once', async () => {
    const { address } = await served();
    expect(address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    const line = await openDevice(address, { baudRate });
    const second = connect(Number(address.split(':').at(-1)), '127.0.0.1');
    second.on('error', () => undefined);
    await once(second, 'close');
    const link = await Link.open(line.stream);
    expect(link.device.window).toBe(options.window);
    link.close();
    await line.close();
  });

  test('at a port that is in use', async () => {
    const { address } = await served();
    const port = Number(address.split(':').at(-1));
    await expect(served(port)).rejects.toMatchObject({
      name: 'UserError',
      message: `port ${port} is in use`,
      hint: expect.stringContaining('--port'),
    });
  });

  test('ends, and says so, when the device does', async () => {
    const device = await openDevice('simulated', options);
    const emulation = await serve(device, 0);
    device.stream.destroy(new Error('burnt out'));
    expect(await emulation.ended).toBe('burnt out');
    await emulation.stop();
    await expect(openDevice(emulation.address, { baudRate })).rejects.toThrow('refused the connection');
  });
});

test('a board without an emulator: which have one', async () => {
  await expect(emulate(readBoard('pico2'))).rejects.toMatchObject({
    name: 'UserError',
    message: 'there is no emulator for pico2',
    hint: expect.stringMatching(/eqprop ports.*mps2-an386.*pico/),
  });
});

test('a patience that is no duration, before anything is built', async () => {
  await expect(emulate(readBoard('pico2'), { patience: 0 })).rejects.toMatchObject({
    name: 'UserError',
    message: 'the patience with an emulated board is 0 ms',
  });
});

describe('firmware in an emulator', () => {
  /** The first fetch of the compiler included. */
  const PATIENCE = 400_000;

  test(
    'has answered before one is sent to it',
    async () => {
      const emulation = await emulate(readBoard('pico'));
      running.push(emulation);
      const line = await openDevice(emulation.address, { baudRate });
      const link = await Link.open(line.stream);
      expect(link.device.arena).toBeGreaterThan(0);
      link.close();
      await line.close();
    },
    PATIENCE,
  );

  test(
    'a defect of this program stays one',
    async () => {
      const defect = new TypeError('of this program');
      const open = vi.spyOn(Link, 'open').mockRejectedValueOnce(defect);
      await expect(emulate(readBoard('pico'))).rejects.toBe(defect);
      open.mockRestore();
    },
    PATIENCE,
  );

  test(
    'that stays silent is an error',
    async () => {
      const folder = temporaryFolder();
      try {
        cpSync(join(boardsFolder, 'pico'), folder.path, { recursive: true });
        const uart = join(folder.path, 'uart.c');
        const text = readFileSync(uart, 'utf8');
        const mute = text.replace('pl011_open();', '(void)pl011_open;');
        expect(mute).not.toBe(text);
        writeFileSync(uart, mute);
        await expect(emulate(readBoard(folder.path), { patience: 300 })).rejects.toMatchObject({
          name: 'UserError',
          message: expect.stringMatching(
            /the emulated firmware does not answer: no answer from the device within 0.3 s$/,
          ),
          hint: expect.stringContaining('does it run the eqprop firmware'),
        });
      } finally {
        folder.remove();
      }
    },
    PATIENCE,
  );
});
