/** An engine, from the page: a worker that trains. */
import { Worker } from '../browser/worker-threads.js';
import type { DeviceChoice } from './lines.js';
import type { Job, News, Order } from './messages.js';
import script from './run.ts?worker&url';

export interface Engine {
  /** Ends the run after the minibatches under way; it still tells that it has finished. */
  stop(): void;
  /** Asks for the weights as they are. */
  askForWeights(): void;
  /** Goes on with a device that was lost. */
  plug(device: DeviceChoice): void;
  /** Ends the engine at once. */
  close(): Promise<void>;
}

const transferOf = (device: DeviceChoice) => (device.kind === 'held' ? [device.port] : []);

/** @param hear told what happens; after `finished` and `failed` nothing more does */
export function startEngine(job: Job, hear: (news: News) => void): Engine {
  const worker = new Worker(new URL(script, import.meta.url), {
    workerData: job,
    transferList: transferOf(job.device),
  });
  const order = (order: Order, transfer: readonly Transferable[] = []) => worker.postMessage(order, transfer);
  worker.on('message', (news: News) => {
    hear(news);
    if (news.kind === 'finished' || news.kind === 'failed') void worker.terminate();
  });
  worker.on('error', ({ message }) => hear({ kind: 'failed', message }));
  return {
    stop: () => order('stop'),
    askForWeights: () => order('weights'),
    plug: (device) => order(device, transferOf(device)),
    close: async () => void (await worker.terminate()),
  };
}
