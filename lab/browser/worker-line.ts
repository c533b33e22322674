/** A line to a device that is a worker: simulated or emulated, the host's own script. */
import type { WorkerProgress } from '#host/devices/worker-port.js';
import { UserError } from '#host/ground/index.js';
import type { Line } from '#host/link/index.js';
import { BrowserStream } from './byte-stream.js';
import { Worker } from './worker-threads.js';

/**
 * @param machine what the script starts with
 * @throws `UserError` where it does not start
 */
export async function openWorkerLine(name: string, script: URL, machine: unknown): Promise<Line> {
  const worker = new Worker(script, { workerData: machine });
  const stream = new BrowserStream((bytes) => worker.postMessage(bytes, [bytes.buffer]));
  const close = async () => {
    stream.destroy();
    await worker.terminate();
  };
  const failure = (why: string) => new UserError(`the ${name} device stopped: ${why}`);
  await new Promise<void>((resolve, reject) => {
    worker.on('message', ({ taken, answers }: WorkerProgress) => {
      resolve();
      stream.taken(taken);
      if (answers) stream.receive(answers);
    });
    worker.on('error', ({ message }) => {
      reject(
        new UserError(
          `the ${name} device did not start: ${message}`,
          'load the page again; where memory is short, close other tabs or ask for fewer threads',
        ),
      );
      stream.destroy(failure(message));
    });
    worker.on('exit', () => stream.destroy(failure('its worker ended')));
  });
  return { name, stream, close };
}
