/** The Pico's flash image in rp2040js, in a worker of its own. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../ground/index.js';
import type { BindingInterface, PortInfo } from './contract.js';
import { DeviceStream } from './device-stream.js';
import { DEFAULT_BAUD_RATE, type DeviceLine, lineOver } from './line.js';
import type { ChipLineName } from './rp2040-line.js';
import { describePort, startWorker, WorkerPort, type WorkerPortOptions } from './worker-port.js';

/** The data that the worker is started with. */
export interface Rp2040Machine {
  /** Contents of the flash, its first boot stage first. */
  readonly flash: Uint8Array;
  readonly line: ChipLineName;
}

interface Rp2040Options extends WorkerPortOptions, Pick<Rp2040Machine, 'line'> {
  /** Path of the flash's contents. */
  readonly image: string;
}

const rp2040Binding = {
  async list(): Promise<PortInfo[]> {
    return [describePort('rp2040')];
  },

  async open({ image, line, ...options }: Rp2040Options): Promise<WorkerPort> {
    const machine: Rp2040Machine = { flash: await readFile(image), line };
    return new WorkerPort(
      await startWorker(new URL('./rp2040-worker.js', import.meta.url), machine),
      options,
    );
  },
} satisfies BindingInterface;

/**
 * A line to a new emulated RP2040. Its time is its own: bytes pass as fast as the firmware takes them, and while it
 * waits for one, none passes.
 * @param image path of the flash's contents
 * @param line what it is reached by
 * @throws `UserError` where it does not start
 */
export async function openRp2040(
  name: string,
  image: string,
  line: ChipLineName = 'uart',
): Promise<DeviceLine> {
  const stream = new DeviceStream(
    { binding: rp2040Binding, path: name, baudRate: DEFAULT_BAUD_RATE, image, line },
    (cause) => new UserError(`${name}: the emulator stopped: ${cause.message}`, undefined, { cause }),
  );
  try {
    await stream.opened();
  } catch (cause) {
    throw new UserError(`${name}: the emulator does not start: ${(cause as Error).message}`, undefined, {
      cause,
    });
  }
  return lineOver(name, stream);
}
