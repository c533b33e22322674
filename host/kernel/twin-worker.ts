/** The twin's thread: runs requests on a kernel of its own, in order. */
import { parentPort, workerData } from 'node:worker_threads';
import { DeviceError, readRequests, type TensorRange } from '../endpoint/index.js';
import type { Storage } from '../ground/index.js';
import { Messages } from '../wire/index.js';
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

/** Quiet jobs, and the one whose reply is asked for; or ranges to read. */
export type TwinTask =
  | { readonly quiet: readonly Job[]; readonly loud: Job }
  | { readonly ranges: readonly TensorRange[] };

/** The outcome of the first quiet job that was refused, or else the loud one's; the bytes read, one range after the other. */
export type TwinAnswer = Outcome;

/** As a device does: what follows a refused job, and would tell of itself, does not run. */
function run(kernel: Kernel, quiet: readonly Job[], loud: Job): TwinAnswer {
  let refusal: TwinAnswer | undefined;
  for (const { code, payload } of quiet) {
    const outcome = kernel.executeEncoded(code, payload);
    if (outcome.refused) refusal ??= outcome;
  }
  return refusal ?? kernel.executeEncoded(loud.code, loud.payload);
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
  port.on('message', (task: TwinTask) => {
    const answer = 'ranges' in task ? read(kernel, task.ranges) : run(kernel, task.quiet, task.loud);
    port.postMessage(answer, [answer.payload.buffer]);
  });
}
