/** A queue's demands on those who take from it. A queue has the tasks of one experiment that need the same kernel and memory. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { bytesNeeded } from '../firmware/index.js';
import { count, hostVersion } from '../ground/index.js';
import { kernelIdentity, kernelName } from '../kernel/index.js';
import { formatsOf, type Recipe, storages } from '../model/index.js';
import type { Redis } from './engine.js';
import type { Presence } from './presence.js';
import { notSeen } from './shared-path.js';

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
  /** Bytes of arena on one core, and on two; null where there must be no bound. */
  bytes: v.nullable(v.tuple([natural, natural])),
  /** Identity of the shared path that its folders go below; Redis if absent. */
  shared: v.exactOptional(v.string()),
  /** Order in which experiments were begun. */
  since: v.number(),
});

export type Offer = Readonly<v.InferOutput<typeof offerSchema>>;

const OFFERS = 'eqprop:offers';

/** A folder's name for all computers. */
export function titleOf(folder: string): string {
  return `${hostname()}:${resolve(folder)}`;
}

/** Storage of whoever needs kernels of all storages: those of a program are of one source. */
const ANY_STORAGE = 16;

/** @param recipe whose network the device must have room for; its memory must have no bound if absent */
export function offerOf(
  submitted: Pick<Offer, 'experiment' | 'title' | 'since' | 'shared'>,
  recipe?: Recipe,
): Offer {
  const storage = recipe ? formatsOf(recipe).storage : ANY_STORAGE;
  const kernel = kernelName(kernelIdentity(storage));
  const bytes: Offer['bytes'] = recipe
    ? [bytesNeeded(recipe, 'all', 1), bytesNeeded(recipe, 'all', 2)]
    : null;
  const queue = [submitted.experiment, hostVersion, kernel.slice(0, 8), ...(bytes ?? ['any'])].join('-');
  return { ...submitted, queue, version: hostVersion, storage, kernel, bytes };
}

/** Why a worker cannot take such tasks; nothing where it can. */
export function misfit(
  { version, kernel, storage, bytes, shared }: Offer,
  worker: Presence,
): string | undefined {
  if (version !== worker.version) return `it is of eqprop ${version}, the worker of ${worker.version}`;
  const own = worker.kernels[storage];
  if (kernel !== own) return `its kernel is ${kernel}, the worker's ${own}: both must be of the same source`;
  const arena = worker.arena[storage];
  if (arena === undefined) return `the device has no kernel for weights of ${storage} bits`;
  if (worker.kernel !== undefined && kernel !== worker.kernel)
    return `its kernel is ${kernel}, the device's ${worker.kernel}: eqprop flash puts it there`;
  return tooLittle(bytes, arena, worker.cores) ?? notSeen(shared, worker.shared);
}

function tooLittle(bytes: Offer['bytes'], arena: number, cores: 1 | 2): string | undefined {
  if (bytes === null)
    return arena === Number.POSITIVE_INFINITY
      ? undefined
      : 'it needs a device whose memory has no bound: simulated or native, without --arena';
  const needed = bytes[cores - 1];
  return needed <= arena
    ? undefined
    : `it needs ${count(needed)} bytes of arena, the device has ${count(arena)}`;
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

  /** The oldest experiment's first. Others, as another version may write them, are left out. */
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
