/** Lines to devices that a page can have: a room that brings another adds it here. */
import type { SimulatedMachine } from '#host/devices/simulated-worker.js';
import simulatedWorker from '#host/devices/simulated-worker.js?worker&url';
import type { Line } from '#host/link/index.js';
import type { Storage } from '#host/model/index.js';
import { type HeldDevice, openHeldLine } from '../browser/held-line.js';
import { openWorkerLine } from '../browser/worker-line.js';

/** A device as a room chooses it; it can be sent to a worker. */
export type DeviceChoice = { readonly kind: 'simulated'; readonly threads: number } | HeldDevice;

const ARENA = 64 << 20;
const WINDOW = 65_536;

/** Rejects with `UserError` where there is no such device. */
export async function openLine(choice: DeviceChoice, storage: Storage): Promise<Line> {
  switch (choice.kind) {
    case 'simulated': {
      const machine: SimulatedMachine = { arena: ARENA, window: WINDOW, threads: choice.threads, storage };
      return openWorkerLine('simulated', new URL(simulatedWorker, import.meta.url), machine);
    }
    case 'held':
      return openHeldLine(choice);
  }
}
