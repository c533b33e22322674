/** Shows what lies in the queues of a store; pauses it, goes on with it, drains it, cancels it. */
import { callOff } from './calling-off.js';
import { type Connection, jobsUnderWay, obliterate, queueNamed } from './connection.js';
import { JOB_STATES, type Queue } from './engine.js';
import { taskFolders, taskProgress } from './job.js';
import { type Offer, Offers } from './offer.js';
import { Stores } from './stores.js';

/** A queue as it is now. */
export interface QueueState {
  readonly offer: Offer;
  readonly waiting: number;
  readonly isPaused: boolean;
  readonly underWay: number;
  /** Those under way that have told of it, the first of many. */
  readonly active: readonly { readonly id: string; readonly epoch: number; readonly worker: string }[];
  /** Ended, and not fetched. */
  readonly ended: number;
}

export type Change = 'pause' | 'resume' | 'drain' | 'cancel';

/** The oldest experiment's queues first. */
export async function queueStates(connection: Connection): Promise<readonly QueueState[]> {
  const states: QueueState[] = [];
  for (const offer of await new Offers(connection.redis).all())
    await withQueueOf(offer, connection, async (queue) => {
      const counts = await queue.getJobCounts(...JOB_STATES);
      const {
        active: underWay = 0,
        completed = 0,
        failed = 0,
        waiting = 0,
        paused = 0,
        delayed = 0,
      } = counts;
      const active = (await jobsUnderWay(queue)).flatMap((job) => {
        const progress = taskProgress(job?.progress);
        return progress ? [{ id: job?.id ?? '', ...progress }] : [];
      });
      const isPaused = await queue.isPaused();
      states.push({
        offer,
        waiting: waiting + paused + delayed,
        isPaused,
        underWay,
        active,
        ended: completed + failed,
      });
    });
  return states;
}

/** Does it to the queues of some offers. */
export async function changeQueues(
  connection: Connection,
  offers: readonly Offer[],
  change: Change,
): Promise<void> {
  for (const offer of offers)
    await withQueueOf(offer, connection, async (queue) => {
      if (change === 'pause') await queue.pause();
      else if (change === 'resume') await queue.resume();
      else if (change === 'drain') await drain(connection, offer, queue);
      else await cancel(connection, offer, queue);
    });
}

async function drain({ redis }: Connection, { experiment }: Offer, queue: Queue): Promise<void> {
  await callOff(experiment, 'waiting', redis);
  await queue.drain(true);
}

async function cancel(
  { redis }: Connection,
  { queue: name, experiment }: Offer,
  queue: Queue,
): Promise<void> {
  await callOff(experiment, 'all', redis);
  await new Offers(redis).remove(name);
  await obliterate(queue);
  // Whoever sees a shared path takes away what lies below it.
  await new Stores(redis).of(undefined).removeAll(taskFolders(experiment));
}

async function withQueueOf(
  { queue: name }: Offer,
  connection: Connection,
  use: (queue: Queue) => Promise<void>,
): Promise<void> {
  const queue = queueNamed(name, connection);
  try {
    await use(queue);
  } finally {
    await queue.close();
  }
}
