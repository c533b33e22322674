/** The engine's thread: one run, by the host's own trainer, link, twin and comparison. */
import { ConnectionLost } from '#host/endpoint/index.js';
import { UserError } from '#host/ground/index.js';
import { parentPort, workerData } from '../browser/worker-threads.js';
import { Attempt } from './attempt.js';
import type { DeviceChoice } from './lines.js';
import type { Job, News, Order } from './messages.js';

const port = parentPort;
if (!port) throw new Error('the engine runs in a worker');

const tell = (news: News) => port.postMessage(news);

const stopping = new AbortController();
let current: Attempt | undefined;
let plug = (_device: DeviceChoice) => {};

port.on('message', (order: Order) => {
  if (order === 'stop') stopping.abort();
  else if (order === 'weights') void current?.tellWeights();
  else plug(order);
});

/** The device that is there again; nothing where the run is stopped instead. */
function again(): Promise<DeviceChoice | undefined> {
  return new Promise((resolve) => {
    plug = resolve;
    stopping.signal.addEventListener('abort', () => resolve(undefined));
    if (stopping.signal.aborted) resolve(undefined);
  });
}

async function run(job: Job): Promise<void> {
  let device: DeviceChoice | undefined = job.device;
  for (;;) {
    const attempt: Attempt = new Attempt(job, device, current?.kept, tell, stopping.signal);
    current = attempt;
    try {
      return await attempt.run();
    } catch (error) {
      const { kept, hasBegun } = attempt;
      const isLost = error instanceof ConnectionLost || (error instanceof UserError && !hasBegun);
      if (!isLost || !kept) throw error;
      const { message, hint } = error;
      const { position, parameters } = kept;
      tell({ kind: 'lost', step: position.step, message, ...(hint !== undefined && { hint }) });
      device = await again();
      if (!device) return tell({ kind: 'finished', standing: attempt.standingAt(position), parameters });
    }
  }
}

run(workerData as Job).catch((error: unknown) => {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const hint = error instanceof UserError ? error.hint : undefined;
  tell({ kind: 'failed', message, ...(hint !== undefined && { hint }) });
});
