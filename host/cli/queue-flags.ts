/** Flags of commands whose work others can do, through the queue that the environment names. */
import type { Command } from 'commander';
import type { Dataset } from '../data/index.js';
import type { Carrier } from '../experiments/index.js';
import { experimentIn, SharedPath, Submission, sharedPathOf } from '../fleet/index.js';
import { UserError } from '../ground/index.js';
import { dataHash } from '../records/index.js';
import { addressOfQueue, withQueue } from './environment-queue.js';

export interface QueueFlags {
  readonly queue?: true;
  /** False: through Redis again. */
  readonly shared?: string | false;
  readonly resume?: string;
}

/** Puts the tasks of an experiment, in whose folder it is, into a queue. */
export type Queued = (folder: string, dataset: Dataset) => Carrier;

/** @param what is put there, for people */
export function addQueueFlags(command: Command, what: string): Command {
  return command
    .option(
      '--queue',
      `${what} are put into the queue at the address in EQPROP_QUEUE; eqprop work takes them, on any number of computers`,
    )
    .option(
      '--shared <path>',
      'with --queue: data and folders go below this folder, which all workers see (eqprop work --shared); through Redis otherwise',
    )
    .option('--no-shared', 'with --queue --resume: they go through Redis again');
}

/** @throws `UserError` where they contradict each other */
export function checkQueueFlags({ queue, shared }: QueueFlags): void {
  if (shared === undefined || queue) return;
  throw new UserError(
    shared === false ? '--no-shared without --queue' : '--shared without --queue',
    'add --queue: other computers do the work then',
  );
}

/** @throws `UserError` where a device is named beside the queue */
export function refuseDevice(device: string): void {
  if (device === 'simulated') return;
  throw new UserError(
    `--queue beside the device ${device}`,
    'leave the device out: each worker names its own, eqprop work --device, and all come to the same bits',
  );
}

/**
 * Resolves with what `use` comes to, which is given nothing where there is to be no queue. A queue or a path that cannot be
 * used is told before anything else is done.
 */
export async function throughQueue<T>(flags: QueueFlags, use: (queued?: Queued) => Promise<T>): Promise<T> {
  if (!flags.queue) return use();
  const address = addressOfQueue();
  const shared = await sharedPathFor(flags);
  return withQueue(address, (connection) =>
    use((folder, dataset) => new Submission(connection, folder, dataHash(dataset), shared)),
  );
}

/** Gone on with, folders go the way that they went, unless another is named. */
async function sharedPathFor({ shared, resume }: QueueFlags): Promise<SharedPath | undefined> {
  if (typeof shared === 'string') return SharedPath.open(shared);
  if (shared === false || resume === undefined) return undefined;
  return sharedPathOf(experimentIn(resume));
}
