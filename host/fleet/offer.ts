/** A queue's demands on those who take from it. A queue has the runs of one experiment that need the same kernel and memory. */
import * as v from 'valibot';
import { bytesNeeded } from '../firmware/index.js';
import { count, hostVersion } from '../ground/index.js';
import { kernelIdentity, kernelName } from '../kernel/index.js';
import { formatsOf, type Recipe, storages } from '../model/index.js';
import type { Capacity } from './capacity.js';
import type { Redis } from './engine.js';
import type { SharedPath } from './shared-path.js';
import { notSeen } from './stores.js';

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const offerSchema = v.object({
  /** Name of the queue. */
  queue: v.string(),
  experiment: v.string(),
  /** The experiment's, for people. */
  title: v.string(),
  version: v.string(),
  storage: v.picklist(storages),
  kernel: v.string(),
  /** Bytes of arena on one core, and on two. */
  bytes: v.tuple([natural, natural]),
  /** Identity of the shared path that its folders go below; Redis if absent. */
  shared: v.exactOptional(v.string()),
  /** Order in which experiments were begun. */
  since: v.number(),
});

export type Offer = Readonly<v.InferOutput<typeof offerSchema>>;

const OFFERS = 'eqprop:offers';

/** @param shared identity of the shared path that folders go below; Redis if absent */
export function offerOf(
  experiment: string,
  title: string,
  since: number,
  recipe: Recipe,
  shared?: string,
): Offer {
  const { storage } = formatsOf(recipe);
  const kernel = kernelName(kernelIdentity(storage));
  const bytes: [number, number] = [bytesNeeded(recipe, 'all', 1), bytesNeeded(recipe, 'all', 2)];
  const queue = [experiment, hostVersion, kernel.slice(0, 8), ...bytes].join('-');
  const way = shared === undefined ? {} : { shared };
  return { queue, experiment, title, version: hostVersion, storage, kernel, bytes, since, ...way };
}

/**
 * Why a worker cannot take such runs; nothing where it can.
 * @param seen the shared path that it sees
 */
export function misfit(
  { version, kernel, storage, bytes, shared }: Offer,
  capacity: Capacity,
  seen?: SharedPath,
): string | undefined {
  if (version !== hostVersion) return `it is of eqprop ${version}, this is ${hostVersion}`;
  const own = kernelName(kernelIdentity(storage));
  if (kernel !== own)
    return `its kernel is ${kernel}, this program's ${own}: both must be of the same source`;
  const arena = capacity.arena[storage];
  if (arena === undefined) return `the device has no kernel for weights of ${storage} bits`;
  if (capacity.kernel !== undefined && kernel !== capacity.kernel)
    return `its kernel is ${kernel}, the device's ${capacity.kernel}: eqprop flash puts it there`;
  const needed = bytes[capacity.cores - 1];
  if (needed > arena) return `it needs ${count(needed)} bytes of arena, the device has ${count(arena)}`;
  return notSeen(shared, seen);
}

/** The queues there are, written by those who submit. */
export class Offers {
  constructor(private readonly redis: Redis) {}

  async add(offer: Offer): Promise<void> {
    await this.redis.call('HSET', OFFERS, offer.queue, JSON.stringify(offer));
  }

  async remove(queue: string): Promise<void> {
    await this.redis.call('HDEL', OFFERS, queue);
  }

  /** The oldest experiment's first. What is no offer, as another version may write it, is left out. */
  async all(): Promise<readonly Offer[]> {
    const values = await this.redis.call('HVALS', OFFERS);
    const texts = v.parse(v.array(v.string()), values);
    return texts.flatMap((text) => offerIn(text)).sort((a, b) => a.since - b.since);
  }
}

function offerIn(text: string): readonly Offer[] {
  try {
    return [v.parse(offerSchema, JSON.parse(text))];
  } catch {
    return [];
  }
}
