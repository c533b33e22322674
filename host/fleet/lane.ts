/** A queue of one submission: its tasks are sent, followed, and fetched as they end. */
import { basename, dirname, join } from 'node:path';
import type { CarriedTask, CarrierEvents, Ending } from '../experiments/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import { type Connection, jobsUnderWay, obliterate, queueNamed } from './connection.js';
import { dataFiles } from './data-folder.js';
import { endingOf } from './ending.js';
import { JOB_STATES, type Job, type NewJob, type Queue } from './engine.js';
import type { FolderStore } from './folder-store.js';
import { HeldFolders } from './held-folders.js';
import { dataKey, folderKey, type TaskProgress, taskProgress } from './job.js';
import { type Offer, Offers } from './offer.js';

/** Jobs that are sent, and fetched, at a time. */
const AT_ONCE = 200;
/** Times that a task is tried whose process failed, and milliseconds before the second try. */
const ATTEMPTS = 3;
const BACKOFF = 1000;

export class Lane {
  /** Those that have not ended, by their ids. */
  readonly left = new Map<string, CarriedTask>();
  readonly #queue: Queue;
  readonly #held = new HeldFolders();
  /** As last told. */
  #isPaused = false;
  /** Those that have begun, as last told. */
  readonly #begun = new Map<string, TaskProgress>();
  /** Savings that are here, of those under way. */
  readonly #brought = new Map<string, string>();

  /**
   * @param store where its tasks' folders are
   * @param dataHash of the data set of all its tasks
   */
  constructor(
    readonly offer: Offer,
    private readonly connection: Connection,
    private readonly store: FolderStore,
    private readonly dataHash: string,
    private readonly events: CarrierEvents,
  ) {
    this.#queue = queueNamed(offer.queue, connection);
  }

  /**
   * Sends what is not there, fetches what has ended, tells how the rest goes.
   * @param isWhole what waits was not called off
   * @returns the number of tasks that are waited for
   */
  async advance(isWhole: boolean, signal: AbortSignal): Promise<number> {
    // A task whose worker was lost or interrupted waits again.
    if (!isWhole) await this.#queue.drain(true);
    const counts = await this.#queue.getJobCounts(...JOB_STATES);
    const there = JOB_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    // At first none is there; fewer than there should be, the store has forgotten some.
    if (isWhole && there < this.left.size) await this.#send();
    const isPaused = await this.#queue.isPaused();
    if (isPaused && !this.#isPaused)
      this.events.onNotice(`the queue is paused: eqprop queue ${this.offer.title} --go-on`);
    this.#isPaused = isPaused;
    // Looked at first: what ends meanwhile is fetched, and never seen as left by all.
    const active = await jobsUnderWay(this.#queue);
    for (const job of await this.#queue.getJobs(['completed', 'failed'], 0, AT_ONCE - 1)) {
      if (signal.aborted) return this.left.size;
      if (job) await this.#fetch(job);
    }
    const ids = new Set(active.map((job) => job?.id));
    for (const [id, { path }] of this.left) if (!ids.has(id)) this.#held.release(path);
    for (const job of active) {
      if (signal.aborted) break;
      await this.#follow(job);
    }
    return isWhole ? this.left.size : there;
  }

  /** Fetches all that have ended, and what the others have saved. */
  async withdraw(): Promise<void> {
    for (;;) {
      const [job] = await this.#queue.getJobs(['completed', 'failed'], 0, 0);
      if (!job) break;
      await this.#fetch(job);
    }
    await this.bringSaved();
  }

  /** Brings what those that have not ended have saved. */
  async bringSaved(): Promise<void> {
    for (const carried of this.left.values()) await this.#bringNew(carried);
  }

  /** Takes it out of the queue's store. */
  async clear(): Promise<void> {
    await new Offers(this.connection.redis).remove(this.offer.queue);
    await obliterate(this.#queue);
  }

  async close(): Promise<void> {
    this.#held.releaseAll();
    await this.#queue.close();
  }

  /** Sends what is left; those that are in the queue stay as they are. */
  async #send(): Promise<void> {
    // First: a worker that lost a task which nobody offers takes it for called off.
    await new Offers(this.connection.redis).add(this.offer);
    const tasks = [...this.left.values()];
    const [first] = tasks;
    const key = dataKey({ ...this.offer, dataHash: this.dataHash });
    if (first?.data !== undefined && !(await this.store.has(key)))
      await this.store.save(key, dataFiles(first.data, first.reading, this.store.most));
    for (let at = 0; at < tasks.length; at += AT_ONCE) {
      const some = tasks.slice(at, at + AT_ONCE);
      for (const carried of some) await this.#sendFolder(carried);
      await this.#queue.addBulk(some.map((carried) => this.#job(carried)));
    }
  }

  /** A task that was begun here goes on from what it saved. */
  async #sendFolder({ id, path, task }: CarriedTask): Promise<void> {
    const key = this.#keyOf(id);
    if (task.mark(path) === undefined || (await this.store.has(key))) return;
    await this.store.save(
      key,
      task.files(path).map((name) => ({ name, path: join(path, name) })),
    );
  }

  #job({ id, task, data, reading }: CarriedTask): NewJob {
    const { experiment, shared } = this.offer;
    const { test, ...others } = reading;
    return {
      name: task.kind,
      data: {
        id,
        experiment,
        kind: task.kind,
        plan: task.plan,
        reading: { ...others, ...(test !== undefined && { test: basename(test) }) },
        dataHash: this.dataHash,
        data: data === undefined ? null : basename(data),
        ...(shared !== undefined && { shared }),
      },
      opts: { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: BACKOFF } },
    };
  }

  /** Brings what a task has saved as it comes: it is seen here, and goes on from there if the store forgets it. */
  async #follow(job: Job | undefined): Promise<void> {
    const carried = this.left.get(job?.id ?? '');
    if (!carried) return;
    this.#tell(carried.id, taskProgress(job?.progress));
    await this.#held.hold(carried.path);
    await this.#bringNew(carried);
  }

  #tell(id: string, progress: TaskProgress | undefined): void {
    if (!progress) return;
    const known = this.#begun.get(id);
    this.#begun.set(id, progress);
    const { epoch, worker } = progress;
    if (worker !== known?.worker) this.events.onBegin(id, worker);
    if (epoch > 0 && (epoch !== known?.epoch || worker !== known.worker))
      this.events.onEpoch(id, epoch, worker);
  }

  /** Takes a task that has ended out of the queue and the store, and brings its folder. */
  async #fetch(job: Job): Promise<void> {
    const { id = '' } = job;
    const carried = this.left.get(id);
    if (carried) {
      const isHere = await this.#bring(carried);
      const ending = endingOf(job, id);
      // A task that was fetched is told once it has begun.
      if (!this.#begun.has(id)) this.events.onBegin(id);
      this.#held.release(carried.path);
      this.left.delete(id);
      this.#begun.delete(id);
      this.#brought.delete(id);
      this.events.onEnd(id, ending.kind === 'finished' ? checked(carried, isHere) : ending);
    }
    await this.store.remove(this.#keyOf(id));
    await job.remove();
  }

  async #bringNew(carried: CarriedTask): Promise<void> {
    const { id } = carried;
    const version = await this.store.version(this.#keyOf(id));
    if (version === undefined || this.#brought.get(id) === version) return;
    if (await this.#bring(carried)) this.#brought.set(id, version);
  }

  /** The task's files are put in place when all of them are here. */
  async #bring({ id, path, task }: CarriedTask): Promise<boolean> {
    // Whoever looks for runs leaves hidden folders out.
    const fresh = join(dirname(path), `.${basename(path)}.new`);
    if (!(await this.store.load(this.#keyOf(id), fresh))) return false;
    task.replace(fresh, path);
    return true;
  }

  #keyOf(id: string): string {
    return folderKey({ ...this.offer, id });
  }
}

/** Believes what was told when it is seen. */
function checked({ path, id, task }: CarriedTask, isHere: boolean): Ending {
  try {
    if (!isHere && task.mark(path) === undefined)
      throw new UserError(`the folder of ${id} is not in the store`);
    task.requireResult(path);
    return { kind: 'finished' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'failed', reason: reasonOf(error), differs: false };
  }
}
