/** The Pico trains by USB: behind the emulator's host, and behind one that takes and gives by fits and starts. */
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { readBoard } from '#host/firmware/board';
import { buildFirmware } from '#host/firmware/build';
import { stackNeeded } from '#host/firmware/core';
import { openDevice, requireDevice } from '#host/firmware/open-device';
import { Kernel, portableModule } from '#host/kernel/index';
import { KernelEndpoint } from '#host/kernel/kernel-endpoint';
import { Link } from '#host/link/index';
import { mix32, randomWord } from '#host/model/index';
import { verifyLockstep } from '#host/runs/index';
import { runWorkload } from '../link/workload.js';
import { smallRecipe, TRAINING, temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { PATIENCE } from './emulators.js';
import { enumerate, UsbHost } from './usb-host.js';

const MINIBATCHES = 24;
const BYTES = 2;
const board = readBoard('pico');

const folder = temporaryFolder();
afterAll(() => folder.remove());
let dataset: Dataset;
let image: Uint8Array;
beforeAll(async () => {
  writeSmallData(folder.path, TRAINING);
  dataset = await loadDataset(folder.path);
  image = readFileSync((await buildFirmware(board, { parts: ['dense'] })).bin);
}, PATIENCE);

const choice = (device: string) => ({ device, options: { baudRate: 115_200 }, patience: 60_000 });

test(
  "--device pico:usb learns what the simulated device learns, on the UART's stack",
  async () => {
    const recipe = smallRecipe({ minibatch: 4 });
    const learn = (device: string) =>
      verifyLockstep(recipe, dataset, choice(device), MINIBATCHES, () => undefined);
    const [byUsb, simulated] = [await learn('pico:usb'), await learn('simulated')];
    const { digest, parameters, replies } = simulated;
    expect(byUsb).toMatchObject({ digest, parameters, replies });
    expect(byUsb.memory.stackUsed).toBeLessThanOrEqual((board.target.stack + stackNeeded(board.target)) / 2);
  },
  PATIENCE,
);

describe('other boards', () => {
  test.each(['mps2-an386:usb', 'microbit:usb'])('%s: there is no such line', async (device) => {
    const refusal = { name: 'UserError', message: `the emulated ${device.slice(0, -4)} has no USB` };
    await expect(openDevice(device, { baudRate: 115_200 })).rejects.toMatchObject(refusal);
    await expect(requireDevice(device, { baudRate: 115_200 })).rejects.toMatchObject(refusal);
  });

  test('which have an emulator, where there is none', async () => {
    await expect(requireDevice('pico2:usb', { baudRate: 115_200 })).rejects.toThrow(
      'there is no emulator for pico2',
    );
  });
});

/** A line by USB that gives parts of any length when it likes, and takes when it likes; at times it is plugged in anew. */
class FitfulLine extends Duplex {
  replugged = 0;
  refused = 0;
  readonly #host: UsbHost;
  readonly #replugEvery: number;
  readonly #key: number;
  #drawn = 0;
  #moved = 0;
  #queue = Buffer.alloc(0);

  /** @param replugEvery bytes from one unplugging to the next */
  constructor(host: UsbHost, seed: number, replugEvery = Number.POSITIVE_INFINITY) {
    super();
    this.#host = host;
    this.#replugEvery = replugEvery;
    this.#key = mix32(seed);
    this.#run();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#queue = Buffer.concat([this.#queue, chunk]);
    done();
  }

  override _read(): void {}

  #run(): void {
    if (this.destroyed) return;
    for (let turn = 0; turn < 200; turn++) this.#turn();
    setImmediate(() => this.#run());
  }

  #turn(): void {
    const host = this.#host;
    host.step();
    if (this.#draw(4) === 0 && this.#queue.length > 0) {
      if (host.isOpen(BYTES)) {
        const part = this.#queue.subarray(0, 1 + this.#draw(64));
        this.#queue = this.#queue.subarray(part.length);
        host.give(BYTES, part);
        this.#moved += part.length;
      } else this.refused++;
    }
    if (this.#draw(8) === 0 && host.offers(BYTES)) {
      const bytes = host.take(BYTES);
      this.#moved += bytes.length;
      this.push(bytes);
    }
    if (this.#moved < this.#replugEvery) return;
    this.#moved = 0;
    this.replugged++;
    enumerate(host, 1 + this.#draw(127));
  }

  /** Below `most`. */
  #draw(most: number): number {
    return (randomWord(this.#key, this.#drawn++) >>> 0) % most;
  }
}

describe('behind a host that takes and gives by fits and starts', () => {
  test.each([
    ['that stays', 1, undefined],
    ['that is unplugged again and again', 2, 1500],
  ])(
    '%s: what was asked for is done, once and in order',
    async (_, seed, replugEvery) => {
      const host = new UsbHost(image);
      enumerate(host);
      const line = new FitfulLine(host, seed, replugEvery);
      try {
        const link = await Link.open(line, { patience: 60_000 });
        const outcomes = await runWorkload(link, seed, MINIBATCHES);
        const witness = new KernelEndpoint(
          new Kernel(link.device.arena, 4096, portableModule(16, board.core.cores)),
        );
        expect(outcomes).toEqual(await runWorkload(witness, seed, MINIBATCHES));
        // Replies to training tell of digests: the last ones are equal where all are.
        expect((await link.request('statistics', {})).step).toBe(MINIBATCHES);
        expect(line.refused).toBeGreaterThan(0);
        expect(line.replugged > 2).toBe(replugEvery !== undefined);
        link.close();
      } finally {
        line.destroy();
      }
    },
    PATIENCE,
  );
});
