/**
 * Workers that are there: each tells what it is under a key of its own. The key goes with an expiry, so that a worker that
 * was killed is not taken for one that is there.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { hostVersion, storages } from '../ground/index.js';
import { kernelIdentity, kernelName } from '../kernel/index.js';
import type { Storage } from '../model/index.js';
import type { Capacity } from './capacity.js';
import type { Redis } from './engine.js';
import { keysBeginning } from './keys.js';

const PRESENT = 'eqprop:worker:';

/** Milliseconds that a store which does not answer is waited for at the end. */
const FAREWELL = 1000;

/** A worker, and what it has. */
export interface Presence extends Omit<Capacity, 'isOne'> {
  /** For people, and in what its tasks tell. */
  readonly name: string;
  readonly version: string;
  /** As its user named it; of a path, the last part. */
  readonly device: string;
  /** Tasks at a time. */
  readonly concurrency: number;
  /** Identity of the shared path that it sees. */
  readonly shared?: string;
  /** This program's kernels. */
  readonly kernels: Readonly<Partial<Record<Storage, string>>>;
}

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(300));
/** JSON has null for infinity: as many as the computer has. */
const bytes = v.pipe(
  v.nullable(natural),
  v.transform((number) => number ?? Number.POSITIVE_INFINITY),
);

function byStorage<Output>(schema: v.GenericSchema<unknown, Output>) {
  const one = v.exactOptional(schema);
  return v.object({ 8: one, 16: one, 32: one });
}

const presenceSchema: v.GenericSchema<unknown, Presence> = v.object({
  name: text,
  version: text,
  device: text,
  concurrency: natural,
  arena: byStorage(bytes),
  cores: v.picklist([1, 2]),
  kernel: v.exactOptional(text),
  shared: v.exactOptional(text),
  kernels: byStorage(text),
});

/**
 * @param device as the user named it
 * @param shared identity of the shared path that it sees
 */
export function presenceOf(
  name: string,
  device: string,
  concurrency: number,
  { arena, cores, kernel }: Capacity,
  shared?: string,
): Presence {
  return {
    name,
    version: hostVersion,
    device: device.includes('://') ? device : basename(device),
    concurrency,
    arena,
    cores,
    ...(kernel !== undefined && { kernel }),
    ...(shared !== undefined && { shared }),
    kernels: Object.fromEntries(storages.map((bits) => [bits, kernelName(kernelIdentity(bits))])),
  };
}

/** Those that are there, in the order of their names. Others, as another version may write them, are left out. */
export async function workersThere(redis: Redis): Promise<readonly Presence[]> {
  const found = new Map<string, Presence>();
  for await (const keys of keysBeginning(PRESENT, redis)) {
    const values = v.parse(v.array(v.nullable(v.string())), await redis.call('MGET', ...keys));
    for (const [n, value] of values.entries())
      for (const presence of presenceIn(value)) found.set(keys[n] ?? '', presence);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

export function presenceIn(value: string | null): readonly Presence[] {
  try {
    return [v.parse(presenceSchema, JSON.parse(value ?? ''))];
  } catch {
    return [];
  }
}

/** Tells that a worker is there, again and again until the end. */
export class Announcement {
  readonly #key: string;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param duration milliseconds of silence after which the worker is taken for gone
   * @param onTrouble is told why it could not be told; it is tried again
   */
  constructor(
    private readonly redis: Redis,
    private readonly presence: Presence,
    private readonly duration: number,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    // Containers may share a name and a process's number.
    this.#key = `${PRESENT}${presence.name}:${randomUUID()}`;
  }

  async begin(): Promise<void> {
    await this.#tell();
    this.#timer = setInterval(() => this.#tell(), this.duration / 3);
  }

  /** Where the store does not answer, the expiry says the same later. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const gone = this.redis.call('UNLINK', this.#key).catch(() => undefined);
    await Promise.race([gone, pause(FAREWELL, undefined, { ref: false })]);
  }

  async #tell(): Promise<void> {
    const milliseconds = Math.ceil(this.duration);
    await this.redis
      .call('SET', this.#key, JSON.stringify(this.presence), 'PX', milliseconds)
      .catch(this.onTrouble);
  }
}
