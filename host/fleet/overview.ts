/** Shows what lies in the queues of a store; pauses it, goes on with it, cancels it. */
import { type Connection, queueNamed } from './connection.js';
import { JOB_STATES, type Queue, type Redis } from './engine.js';
import { runFolders, runProgress } from './job.js';
import { type Offer, Offers } from './offer.js';
import { keysThatBegin } from './redis-shelf.js';
import { Stores } from './stores.js';

/** Seconds for which a submitter that is away can hear that its runs were cancelled. */
const REMEMBERED = 7 * 24 * 3600;

/** A queue as it is now. */
export interface QueueState {
  readonly offer: Offer;
  readonly waiting: number;
  readonly isPaused: boolean;
  /** Under way, the first hundred. */
  readonly active: readonly { readonly id: string; readonly epoch: number; readonly worker: string }[];
  /** Ended, and not fetched. */
  readonly ended: number;
}

export type Change = 'pause' | 'resume' | 'cancel';

const CANCELLED = 'eqprop:cancelled:';

export function cancelledKey(experiment: string): string {
  return `${CANCELLED}${experiment}`;
}

/** Those that were cancelled of late, and not gone on with. */
export async function cancelledExperiments(redis: Redis): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const keys of keysThatBegin(redis, CANCELLED)) found.push(...keys);
  return found.map((key) => key.slice(CANCELLED.length));
}

/** The oldest experiment's queues first. */
export async function queueStates(connection: Connection): Promise<readonly QueueState[]> {
  const states: QueueState[] = [];
  for (const offer of await new Offers(connection.redis).all())
    await withQueueOf(offer, connection, async (queue) => {
      const { active: _, ...counts } = await queue.getJobCounts(...JOB_STATES);
      const { completed = 0, failed = 0, waiting = 0, paused = 0, delayed = 0 } = counts;
      const active = (await queue.getJobs(['active'], 0, 99)).flatMap((job) => {
        const progress = runProgress(job?.progress);
        return progress ? [{ id: job?.id ?? '', ...progress }] : [];
      });
      const isPaused = await queue.isPaused();
      states.push({
        offer,
        waiting: waiting + paused + delayed,
        isPaused,
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
      else await cancel(connection, offer, queue);
    });
}

async function cancel(
  { redis }: Connection,
  { queue: name, experiment }: Offer,
  queue: Queue,
): Promise<void> {
  // Whoever submitted would take what is missing for lost, and send it again.
  await redis.call('SET', cancelledKey(experiment), '1', 'EX', REMEMBERED);
  await new Offers(redis).remove(name);
  await queue.obliterate({ force: true });
  // What lies below a shared path, whoever sees it takes away.
  await new Stores(redis).of(undefined).removeAll(runFolders(experiment));
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
