/** Takes tasks from the queues that fit this computer's device, does them, and puts their folders into the store. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { doTask, type Ending, type Task, type TaskKind } from '../experiments/index.js';
import { inTemporaryFolder, removeAbandonedFolders } from '../files/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import { forgottenExperiments } from './calling-off.js';
import type { Capacity } from './capacity.js';
import type { Connection } from './connection.js';
import { DataFolder } from './data-folder.js';
import { type Job, PREFIX, type Taker } from './engine.js';
import { folderKey, type TaskJob, type TaskResult, taskFolders, taskJob } from './job.js';
import { Lock } from './lock.js';
import { misfit, type Offer, Offers } from './offer.js';
import { Announcement, type Presence, presenceOf } from './presence.js';
import type { SharedPath } from './shared-path.js';
import { Snapshots } from './snapshots.js';
import { Stores } from './stores.js';

export interface WorkOptions {
  /** Runs `eqprop`: an executable and its first arguments. */
  readonly program: readonly string[];
  /** Options that name the device, and how often it saves. */
  readonly words: readonly string[];
  /** Kinds of task that it does. */
  readonly kinds: readonly TaskKind[];
  /** As the user named it. */
  readonly device: string;
  readonly capacity: Capacity;
  /** A path below which folders of queues may go. */
  readonly shared?: SharedPath;
  /** Asks a device that may be gone; rejects with `UserError` where it is. */
  readonly requireDevice: () => Promise<void>;
  /** Tasks at a time. */
  readonly concurrency: number;
  /** Milliseconds of silence after which a worker's task is given to another. */
  readonly patience: number;
}

export interface WorkEvents {
  /** Whoever submits can see that the worker is there. */
  onReady(): void;
  /** A queue is left to others. */
  onMisfit(title: string, reason: string): void;
  /** The store refuses what it is asked, or a task cannot be begun here: it is tried again. */
  onTrouble(error: unknown): void;
  /** @param goesOn from another worker's checkpoint */
  onBegin(id: string, goesOn: boolean): void;
  onEpoch(id: string, epoch: number, epochs: number): void;
  /** @param ending undefined where another worker has the task now */
  onEnd(id: string, ending: Ending | undefined): void;
}

/** Milliseconds. */
const LOOK_INTERVAL = 500;
/** Workers that may be lost with a task before it is given up. */
const MOST_LOST = 10;

/** Milliseconds for which a queue is left to others of which a task could not be begun. */
const REST = 60_000;

/**
 * Works until `signal` is aborted; then what is under way saves, and waits in the queue for another worker. Rejects with
 * `UserError` where the device is gone.
 */
export async function work(
  connection: Connection,
  options: WorkOptions,
  events: WorkEvents,
  signal: AbortSignal,
): Promise<void> {
  await removeAbandonedFolders();
  const { device, concurrency, capacity, shared, patience } = options;
  const presence = presenceOf(workerName(), device, concurrency, capacity, shared?.identity);
  const announcement = new Announcement(connection.redis, presence, patience, events.onTrouble);
  const crew = new Crew(connection, options, presence, events, signal);
  try {
    await announcement.begin();
    events.onReady();
    await crew.clearForgotten().catch((error) => events.onTrouble(error));
    await Promise.all(Array.from({ length: concurrency }, () => crew.work()));
    crew.requireDevice();
  } finally {
    await announcement.end();
    await crew.close();
  }
}

/** The name of this computer's worker, for people. */
export function workerName(): string {
  return `${hostname()}:${process.pid}`;
}

class Crew {
  readonly #stores: Stores;
  readonly #offers: Offers;
  readonly #takers = new Map<string, Taker>();
  readonly #refused = new Set<string>();
  /** When a queue may be taken from again, by its name. */
  readonly #resting = new Map<string, number>();
  /** Why the device is gone. */
  #lost: Error | undefined;
  readonly #data: DataFolder;

  constructor(
    private readonly connection: Connection,
    private readonly options: WorkOptions,
    private readonly presence: Presence,
    private readonly events: WorkEvents,
    private readonly signal: AbortSignal,
  ) {
    this.#stores = new Stores(connection.redis, options.shared);
    this.#offers = new Offers(connection.redis);
    this.#data = new DataFolder(this.#stores);
  }

  async work(): Promise<void> {
    const { signal } = this;
    while (!signal.aborted && !this.#lost) {
      const token = randomUUID();
      const job = await this.#take(token).catch((error) => this.events.onTrouble(error));
      if (job) await this.#do(job, token);
      else await pause(LOOK_INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @throws `UserError` where it is gone */
  requireDevice(): void {
    if (this.#lost) throw this.#lost;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#takers.values()].map((taker) => taker.close(true)));
    this.#data.close();
  }

  async #take(token: string): Promise<Job | undefined> {
    const offers = await this.#offers.all();
    await this.#leave(new Set(offers.map(({ queue }) => queue)));
    for (const offer of offers) {
      const reason = misfit(offer, this.presence) ?? this.#lackOf(offer);
      if (reason !== undefined) {
        this.#refuse(offer, reason);
        continue;
      }
      if (performance.now() < (this.#resting.get(offer.queue) ?? 0)) continue;
      const taker = await this.#takerOf(offer.queue);
      const job = await taker.getNextJob(token, { block: false });
      if (job) return job;
    }
    return undefined;
  }

  /** Leaves queues alone that are offered no more. */
  async #leave(offered: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#takers].filter(([queue]) => !offered.has(queue));
    for (const [queue, taker] of gone) {
      this.#takers.delete(queue);
      await taker.close(true);
      // The engine makes this anew whenever it looks for lost tasks.
      await this.connection.redis.call('UNLINK', `${PREFIX}:${queue}:meta`);
    }
    if (gone.length > 0) await this.clearForgotten();
  }

  /** Takes away what cancelled experiments have below the shared path: who cancels need not see it. */
  async clearForgotten(): Promise<void> {
    const { shared } = this.options;
    if (!shared?.isThere()) return;
    const store = this.#stores.of(shared.identity);
    for (const experiment of await forgottenExperiments(this.connection.redis))
      await store.removeAll(taskFolders(experiment));
  }

  #lackOf({ shared }: Offer): string | undefined {
    const { shared: seen } = this.options;
    if (shared === undefined || !seen || seen.isThere()) return undefined;
    return `the shared path ${seen.path} is there no more: mount it again`;
  }

  #refuse({ queue, title }: Offer, reason: string): void {
    if (this.#refused.has(queue)) return;
    this.#refused.add(queue);
    this.events.onMisfit(title, reason);
  }

  async #takerOf(queue: string): Promise<Taker> {
    const known = this.#takers.get(queue);
    if (known) return known;
    const { engine, redis } = this.connection;
    const { patience } = this.options;
    const taker = new engine.Worker(queue, undefined, {
      connection: redis,
      prefix: PREFIX,
      skipVersionCheck: true,
      autorun: false,
      lockDuration: patience,
      stalledInterval: patience,
      maxStalledCount: MOST_LOST,
    });
    // Errors of the line are told by the connection itself.
    taker.on('error', () => undefined);
    this.#takers.set(queue, taker);
    await taker.startStalledCheckTimer();
    return taker;
  }

  async #do(taken: Job, token: string): Promise<void> {
    const lock = new Lock(taken, token, this.options.patience, this.signal);
    try {
      await this.#process(taken, token, lock);
    } catch (error) {
      const reason = error instanceof UserError ? reasonOf(error) : String(error);
      // Others may do better, and would not come to it: the next try is at once.
      this.#resting.set(taken.queueName, performance.now() + REST);
      this.events.onTrouble(error);
      await settle(() => taken.moveToFailed(new Error(`${workerName()}: ${reason}`), token, false));
    } finally {
      lock.stop();
    }
  }

  async #process(taken: Job, token: string, lock: Lock): Promise<void> {
    const job = taskJob(taken.data);
    const { id } = job;
    const task = this.#taskOf(job);
    const store = this.#stores.of(job.shared);
    const told = (epoch: number) => settle(() => taken.updateProgress({ epoch, worker: workerName() }));
    await told(0);
    const ending = await inTemporaryFolder(async (base) => {
      const path = join(base, id);
      const key = folderKey(job);
      this.events.onBegin(id, await store.load(key, path));
      const snapshots = new Snapshots(store, key, path, task, lock, (error) => this.events.onTrouble(error));
      try {
        return await this.#run(job, task, path, told, lock.signal);
      } finally {
        await snapshots.finish(this.signal);
      }
    });
    if (lock.isLost) {
      // Where nobody waits for it any more, it was cancelled.
      if (!(await this.#isAwaited(job))) await store.remove(folderKey(job));
      this.events.onEnd(id, undefined);
    } else await this.#conclude(taken, token, id, ending);
  }

  async #isAwaited({ experiment }: TaskJob): Promise<boolean> {
    return (await this.#offers.all()).some((offer) => offer.experiment === experiment);
  }

  #taskOf({ kind: name, plan, id }: TaskJob): Task {
    const kind = this.options.kinds.find((one) => one.name === name);
    if (kind) return kind.open(plan, id);
    throw new UserError(`${id} is of a kind that workers of this version do not know: ${name}`);
  }

  async #run(
    job: TaskJob,
    task: Task,
    path: string,
    told: (epoch: number) => void,
    signal: AbortSignal,
  ): Promise<Ending> {
    const { program, words } = this.options;
    const onEpoch = (epoch: number) => {
      told(epoch);
      if (task.recipe) this.events.onEpoch(job.id, epoch, task.recipe.epochs);
    };
    return doTask(task, path, await this.#data.of(job), { program, words, onEpoch, signal });
  }

  async #conclude(taken: Job, token: string, id: string, ending: Ending): Promise<void> {
    // A reply that differs is a result.
    const hasFailed = ending.kind === 'failed' && !ending.differs;
    const mayWait = hasFailed || ending.kind === 'stopped';
    if (ending.kind === 'interrupted' || (mayWait && (await this.#hasLostDevice())))
      await settle(() => taken.moveToWait(token));
    // Another worker may do better, so it is tried again.
    else if (hasFailed)
      await settle(() => taken.moveToFailed(new Error(`${workerName()}: ${ending.reason}`), token, false));
    else {
      const result: TaskResult = { worker: workerName(), ending };
      await settle(() => taken.moveToCompleted(result, token, false));
    }
    this.events.onEnd(id, ending);
  }

  /** A task that ended because the device is gone waits for another worker. */
  async #hasLostDevice(): Promise<boolean> {
    await this.options.requireDevice().catch((error) => {
      this.#lost = error;
    });
    return this.#lost !== undefined;
  }
}

/** Does what may come too late: another worker has the task then, or the store has forgotten it. */
async function settle(what: () => Promise<unknown>): Promise<void> {
  await what().catch(() => undefined);
}
