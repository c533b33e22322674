/** The twin's thread: runs requests on a kernel of its own, in order. */
import { parentPort, workerData } from 'node:worker_threads';
import { DeviceError } from '../link/device-error.js';
import { Messages } from '../link/schema.js';
import { readRequests, type TensorRange } from '../link/tensors.js';
import type { Storage } from '../model/format.js';
import { hostModule, Kernel, type Outcome, portableModule } from './kernel.js';

export interface KernelChoice {
  /** Bytes of arena. */
  readonly arena: number;
  /** Run the module that boards run. */
  readonly portable: boolean;
  readonly storage: Storage;
}

/** One request, encoded. */
export interface Job {
  readonly code: number;
  readonly payload: Uint8Array;
}

/** Jobs to run, or ranges to read. */
export interface TwinTask {
  readonly jobs?: readonly Job[];
  readonly ranges?: readonly TensorRange[];
}

/** The first refused job's outcome or else the last one's; the bytes read, one range after the other. */
export type TwinAnswer = Outcome;

function run(kernel: Kernel, jobs: readonly Job[]): TwinAnswer {
  let outcome: TwinAnswer = { refused: false, payload: new Uint8Array(0) };
  let refusal: TwinAnswer | undefined;
  for (const { code, payload } of jobs) {
    outcome = kernel.executeEncoded(code, payload);
    if (outcome.refused) refusal ??= outcome;
  }
  return refusal ?? outcome;
}

function read(kernel: Kernel, ranges: readonly TensorRange[]): TwinAnswer {
  const total = ranges.reduce((sum, { count, width }) => sum + count * width, 0);
  const payload = new Uint8Array(total);
  let at = 0;
  for (const values of ranges.flatMap(readRequests)) {
    const part = kernel.executeEncoded(Messages.read.code, Messages.read.request.encode(values));
    if (part.refused) throw DeviceError.decode(part.payload, Messages.read.code);
    payload.set(part.payload, at);
    at += part.payload.length;
  }
  return { refused: false, payload };
}

const port = parentPort;
if (port) {
  const { arena, portable, storage } = workerData as KernelChoice;
  const kernel = new Kernel(arena, undefined, portable ? portableModule(storage) : hostModule(storage));
  port.on('message', ({ jobs, ranges }: TwinTask) => {
    const answer = ranges ? read(kernel, ranges) : run(kernel, jobs ?? []);
    port.postMessage(answer, [answer.payload.buffer]);
  });
}
