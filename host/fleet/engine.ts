/**
 * BullMQ and ioredis, as far as they are used here. They are no part of eqprop, and are looked for when a queue is asked
 * for: in a clone in the package `fleet`, else where Node finds packages.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../ground/index.js';

export interface Redis {
  connect(): Promise<void>;
  call(command: string, ...words: readonly (string | number | Uint8Array)[]): Promise<unknown>;
  callBuffer(command: string, ...words: readonly (string | number | Uint8Array)[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'ready' | 'close', listener: () => void): void;
  disconnect(): void;
}

export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly maxRetriesPerRequest: null;
  readonly lazyConnect: boolean;
  /** Milliseconds before the next try; null: none. */
  readonly retryStrategy: (times: number) => number | null;
  readonly connectTimeout: number;
}

/** A job as it is in the queue; what others wrote into it is unknown. */
export interface Job {
  readonly id?: string;
  readonly queueName: string;
  readonly data: unknown;
  readonly progress: unknown;
  readonly returnvalue: unknown;
  readonly failedReason?: string;
  extendLock(token: string, milliseconds: number): Promise<number>;
  moveToCompleted(value: unknown, token: string, fetchNext: boolean): Promise<unknown>;
  moveToFailed(error: Error, token: string, fetchNext: boolean): Promise<unknown>;
  moveToWait(token: string): Promise<unknown>;
  updateProgress(progress: object): Promise<void>;
  remove(): Promise<unknown>;
}

export interface NewJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts: {
    readonly jobId: string;
    readonly attempts: number;
    readonly backoff: { readonly type: 'exponential'; readonly delay: number };
  };
}

/** All that a job can be in. */
export const JOB_STATES = ['active', 'completed', 'failed', 'waiting', 'paused', 'delayed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface Queue {
  addBulk(jobs: readonly NewJob[]): Promise<unknown>;
  getJobs(states: readonly JobState[], first: number, last: number): Promise<readonly (Job | undefined)[]>;
  getJobCounts(...states: readonly JobState[]): Promise<Readonly<Record<string, number>>>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  isPaused(): Promise<boolean>;
  /** Takes out what waits; what waits for another try too, if `delayed`. */
  drain(delayed: boolean): Promise<void>;
  obliterate(options: { readonly force: boolean }): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): void;
  close(): Promise<void>;
}

export interface Taker {
  getNextJob(token: string, options: { readonly block: boolean }): Promise<Job | undefined>;
  startStalledCheckTimer(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): void;
  close(force?: boolean): Promise<void>;
}

/** First words of all keys that the engine makes. */
export const PREFIX = 'eqprop:queue';

interface EngineOptions {
  readonly prefix: string;
  readonly connection: Redis;
  readonly skipVersionCheck: boolean;
}

export interface TakerOptions extends EngineOptions {
  readonly autorun: false;
  /** Milliseconds. */
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

export interface Engine {
  readonly Redis: new (options: RedisOptions) => Redis;
  readonly Queue: new (name: string, options: EngineOptions) => Queue;
  readonly Worker: new (name: string, processor: undefined, options: TakerOptions) => Taker;
}

const BESIDE = fileURLToPath(new URL('../../../fleet/package.json', import.meta.url));
const PLACES = existsSync(BESIDE) ? [BESIDE, import.meta.url] : [import.meta.url];

/**
 * @param places modules beside which they may be installed
 * @throws `UserError` where one of them is not
 */
export async function loadEngine(places: readonly string[] = PLACES): Promise<Engine> {
  const [bullmq, ioredis] = [await load('bullmq', places), await load('ioredis', places)];
  // Their types are not here: what is used of them is what is written above.
  return {
    Redis: ioredis.Redis as Engine['Redis'],
    Queue: bullmq.Queue as Engine['Queue'],
    Worker: bullmq.Worker as Engine['Worker'],
  };
}

async function load(name: string, places: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  for (const place of places) {
    try {
      return await import(pathToFileURL(createRequire(place).resolve(name)).href);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  const command = existsSync(BESIDE)
    ? `npm ci --prefix ${BESIDE.slice(0, -'/package.json'.length)}`
    : 'npm install bullmq ioredis';
  throw new UserError(
    `a queue needs the packages bullmq and ioredis: ${name} is not installed`,
    `install both: ${command}`,
  );
}
