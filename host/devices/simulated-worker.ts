/** The simulated device: the kernel, in a thread of its own, at the other end of a message port. */
import { parentPort, workerData } from 'node:worker_threads';
import { Helpers, hostModule, Kernel, trapOf } from '../kernel/index.js';
import type { Storage } from '../model/index.js';
import type { WorkerProgress } from './worker-port.js';

/** The data that the worker is started with. */
export interface SimulatedMachine {
  readonly arena: number;
  readonly window: number;
  readonly threads: number;
  /** Bits of the weights. */
  readonly storage: Storage;
}

/** Milliseconds that answers wait to travel together. */
const PATIENCE = 5;

const port = parentPort;
if (!port) throw new Error('the simulated device runs in a worker');
const { arena, window, threads, storage }: SimulatedMachine = workerData;
const kernel = new Kernel(arena, window, hostModule(storage));
if (kernel.arena < arena)
  throw new Error(`an arena of ${arena} bytes was asked for, there are ${kernel.arena}`);

await Helpers.start(kernel, threads);

let answers: Uint8Array[] = [];
let toldAt = 0;

function tell(taken: number): void {
  toldAt = performance.now();
  if (answers.length === 0) {
    port?.postMessage({ taken } satisfies WorkerProgress);
    return;
  }
  const joined = new Uint8Array(answers.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const answer of answers) {
    joined.set(answer, end);
    end += answer.length;
  }
  answers = [];
  port?.postMessage({ taken, answers: joined } satisfies WorkerProgress, [joined.buffer]);
}

port.on('message', (bytes: Uint8Array) => {
  toldAt = performance.now();
  try {
    kernel.feed(bytes, (answer) => {
      answers.push(answer);
      // Requests that take long to compute do not wait for each other.
      if (performance.now() - toldAt > PATIENCE) tell(0);
    });
  } catch (error) {
    const trap = trapOf(error);
    if (!trap) throw error;
    answers.push(kernel.restart(trap));
  }
  tell(bytes.length);
});
tell(0);
