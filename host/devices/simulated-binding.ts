/** A `serialport` binding whose ports are simulated devices. */
import { UserError } from '../ground/index.js';
import { DEFAULT_STORAGE } from '../model/index.js';
import type { BindingInterface, PortInfo } from './contract.js';
import type { DeviceOptions } from './line.js';
import type { SimulatedMachine } from './simulated-worker.js';
import { describePort, startWorker, WorkerPort, type WorkerPortOptions } from './worker-port.js';

export interface SimulatedOptions
  extends WorkerPortOptions,
    Pick<DeviceOptions, 'arena' | 'window' | 'threads' | 'storage'> {}

export const simulatedBinding = {
  async list(): Promise<PortInfo[]> {
    return [describePort('simulated')];
  },

  /** Resolves when the device is up. Rejects with `UserError` when it cannot start. */
  async open({ arena, window, threads, storage, ...options }: SimulatedOptions): Promise<WorkerPort> {
    const machine: SimulatedMachine = {
      arena: arena ?? 64 << 20,
      window: window ?? 65_536,
      threads: threads ?? 1,
      storage: storage ?? DEFAULT_STORAGE,
    };
    try {
      const worker = await startWorker(new URL('./simulated-worker.js', import.meta.url), machine);
      return new WorkerPort(worker, options);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(
        `the simulated device did not start: ${why}`,
        'ask for a smaller arena or fewer threads, or build the kernel again',
        { cause },
      );
    }
  },
} satisfies BindingInterface;
