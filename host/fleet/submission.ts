/** Puts tasks into queues, and fetches their folders as they end. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import type { CarriedTask, Carrier, CarrierEvents, Ending } from '../experiments/index.js';
import { readJson, writeWhole } from '../files/index.js';
import { reasonOf, several, UserError } from '../ground/index.js';
import { Attendance } from './attendance.js';
import { calledOff, forgetCalledOff } from './calling-off.js';
import { type Connection, queueNamed } from './connection.js';
import { dataFiles } from './data-folder.js';
import { endingOf } from './ending.js';
import { JOB_STATES, type Job, type NewJob, type Queue } from './engine.js';
import { FolderStore } from './folder-store.js';
import { HeldFolders } from './held-folders.js';
import { dataKey, folderKey, type TaskProgress, taskFolders, taskProgress } from './job.js';
import { type Offer, Offers, offerOf } from './offer.js';

/** The queue's own file in the experiment's folder: who goes on with it finds its tasks by that name. */
const FILE = 'queue.json';
const fileSchema = v.object({ experiment: v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/)), since: v.number() });
type Experiment = v.InferOutput<typeof fileSchema>;

/** Milliseconds. */
const LOOK_INTERVAL = 500;
/** Jobs that are sent, and looked at, at a time. */
const AT_ONCE = 200;
/** Times that a task is tried whose process failed, and milliseconds before the second try. */
const ATTEMPTS = 3;
const BACKOFF = 1000;

export class Submission implements Carrier {
  readonly #store: FolderStore;
  readonly #offers: Offers;
  readonly #held = new HeldFolders();
  readonly #experiment: Experiment;
  /** Savings of tasks under way, by their ids. */
  readonly #brought = new Map<string, string>();

  /**
   * @param folder the experiment's
   * @param dataHash of the data set of all tasks
   */
  constructor(
    private readonly connection: Connection,
    private readonly folder: string,
    private readonly dataHash: string,
  ) {
    this.#store = new FolderStore(connection.redis);
    this.#offers = new Offers(connection.redis);
    this.#experiment = experimentIn(folder);
  }

  async carry(tasks: readonly CarriedTask[], events: CarrierEvents, signal: AbortSignal): Promise<void> {
    const { experiment } = this.#experiment;
    const { redis } = this.connection;
    await forgetCalledOff(experiment, redis);
    const lanes = await this.#lanes(tasks);
    const attendance = new Attendance(redis, (sentence) => events.onNotice(sentence));
    try {
      while (!signal.aborted) {
        const off = await calledOff(experiment, redis);
        if (off === 'all') break;
        const awaited: Offer[] = [];
        for (const lane of lanes)
          if ((await this.#advance(lane, off === undefined, events, signal)) > 0) awaited.push(lane.offer);
        if (awaited.length === 0) break;
        await attendance.look(awaited);
        await pause(LOOK_INTERVAL, undefined, { signal }).catch(() => undefined);
      }
      if (!signal.aborted) await this.#conclude(lanes, events);
    } catch (error) {
      throw this.connection.explain(error);
    } finally {
      this.#held.releaseAll();
      await Promise.all(lanes.map(({ queue }) => queue.close()));
    }
  }

  /** Lanes of the tasks, and of what a submitter before this one left in queues. */
  async #lanes(tasks: readonly CarriedTask[]): Promise<readonly Lane[]> {
    const { experiment, since } = this.#experiment;
    const lanes = new Map<string, Lane>();
    const laneOf = (offer: Offer) => {
      const lane = lanes.get(offer.queue) ?? this.#lane(offer);
      lanes.set(offer.queue, lane);
      return lane;
    };
    for (const carried of tasks)
      laneOf(offerOf(experiment, this.folder, since, carried.task.recipe)).left.set(carried.id, carried);
    const before = await this.#offers.all();
    for (const offer of before.filter((each) => each.experiment === experiment)) laneOf(offer);
    return [...lanes.values()];
  }

  #lane(offer: Offer): Lane {
    const queue = queueNamed(offer.queue, this.connection);
    return { offer, queue, left: new Map(), begun: new Map() };
  }

  /**
   * @param isWhole what waits was not called off
   * @returns the number of tasks that are waited for
   */
  async #advance(lane: Lane, isWhole: boolean, events: CarrierEvents, signal: AbortSignal): Promise<number> {
    const { queue, left } = lane;
    // A run whose worker was lost or interrupted waits again.
    if (!isWhole) await queue.drain(true);
    const counts = await queue.getJobCounts(...JOB_STATES);
    const there = JOB_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    // At first none is there; fewer than there should be, the store has forgotten some.
    if (isWhole && there < left.size) await this.#send(lane);
    // Looked at first: what ends meanwhile is fetched, and never seen as left by all.
    const active = await queue.getJobs(['active'], 0, AT_ONCE - 1);
    for (const job of await queue.getJobs(['completed', 'failed'], 0, AT_ONCE - 1)) {
      if (signal.aborted) return left.size;
      if (job) await this.#fetch(lane, job, events);
    }
    const ids = new Set(active.map((job) => job?.id));
    for (const [id, { path }] of left) if (!ids.has(id)) this.#held.release(path);
    for (const job of active) {
      if (signal.aborted) break;
      tell(lane, job, events);
      await this.#follow(lane, job?.id);
    }
    return isWhole ? left.size : there;
  }

  /** Brings what a task has saved as it comes: it is seen here, and goes on from there if the store forgets it. */
  async #follow({ left }: Lane, id: string | undefined): Promise<void> {
    const carried = left.get(id ?? '');
    if (!carried) return;
    await this.#held.hold(carried.path);
    const key = folderKey({ experiment: this.#experiment.experiment, id: carried.id });
    const version = await this.#store.version(key);
    if (version === undefined || this.#brought.get(carried.id) === version) return;
    if (await this.#bring(key, carried)) this.#brought.set(carried.id, version);
  }

  /** Sends what is left; those that are in the queue stay as they are. */
  async #send({ offer, queue, left }: Lane): Promise<void> {
    const tasks = [...left.values()];
    const [first] = tasks;
    const key = dataKey({ experiment: this.#experiment.experiment, dataHash: this.dataHash });
    if (first?.data !== undefined && !(await this.#store.has(key)))
      await this.#store.save(key, dataFiles(first.data, first.reading));
    for (let at = 0; at < tasks.length; at += AT_ONCE) {
      const some = tasks.slice(at, at + AT_ONCE);
      for (const carried of some) await this.#sendFolder(carried);
      await queue.addBulk(some.map((carried) => this.#job(carried)));
    }
    // Workers look at a queue once it is offered.
    await this.#offers.add(offer);
  }

  /** A task that was begun here goes on from what it saved. */
  async #sendFolder({ id, path, task }: CarriedTask): Promise<void> {
    const key = folderKey({ experiment: this.#experiment.experiment, id });
    if (task.mark(path) === undefined || (await this.#store.has(key))) return;
    await this.#store.save(
      key,
      task.files(path).map((name) => ({ name, path: join(path, name) })),
    );
  }

  #job({ id, task, data, reading }: CarriedTask): NewJob {
    const { test, ...others } = reading;
    return {
      name: task.kind,
      data: {
        id,
        experiment: this.#experiment.experiment,
        kind: task.kind,
        plan: task.plan,
        reading: { ...others, ...(test !== undefined && { test: basename(test) }) },
        dataHash: this.dataHash,
        data: data === undefined ? null : basename(data),
      },
      opts: { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: BACKOFF } },
    };
  }

  /** Takes a task that has ended out of the queue and the store; brings its folder unless that was done before. */
  async #fetch({ left, begun }: Lane, job: Job, events: CarrierEvents): Promise<void> {
    const { id = '' } = job;
    const carried = left.get(id);
    const key = folderKey({ experiment: this.#experiment.experiment, id });
    if (carried) {
      const isHere = await this.#bring(key, carried);
      const ending = endingOf(job, id);
      // A task that was fetched is told once it has begun.
      if (!begun.has(id)) events.onBegin(id);
      this.#held.release(carried.path);
      left.delete(id);
      begun.delete(id);
      this.#brought.delete(id);
      events.onEnd(id, ending.kind === 'finished' ? checked(carried, isHere) : ending);
    }
    await this.#store.remove(key);
    await job.remove();
  }

  /** The task's files are put in place when all of them are here. */
  async #bring(key: string, { path, task }: CarriedTask): Promise<boolean> {
    // Whoever looks for runs leaves hidden folders out.
    const fresh = join(dirname(path), `.${basename(path)}.new`);
    if (!(await this.#store.load(key, fresh))) return false;
    task.replace(fresh, path);
    return true;
  }

  /** Brings what there is of runs that were called off, and leaves nothing in the store. */
  async #conclude(lanes: readonly Lane[], events: CarrierEvents): Promise<void> {
    const off = lanes.flatMap((lane) => [...lane.left.keys()].map((id) => ({ lane, id })));
    for (const { lane, id } of off) await this.#follow(lane, id);
    if (off.length > 0)
      events.onNotice(`called off in the queue, and not trained to the end: ${several(off.length, 'run')}`);
    for (const { offer, queue } of lanes) {
      await this.#offers.remove(offer.queue);
      await queue.obliterate({ force: true });
    }
    const { experiment } = this.#experiment;
    await this.#store.removeAll(taskFolders(experiment));
    await forgetCalledOff(experiment, this.connection.redis);
  }
}

/** The tasks of a queue. */
interface Lane {
  readonly offer: Offer;
  readonly queue: Queue;
  /** Those that have not ended, by their ids. */
  readonly left: Map<string, CarriedTask>;
  /** Those that have begun, as last told. */
  readonly begun: Map<string, TaskProgress>;
}

function tell({ left, begun }: Lane, job: Job | undefined, events: CarrierEvents): void {
  const id = job?.id ?? '';
  const progress = taskProgress(job?.progress);
  if (!left.has(id) || !progress) return;
  const known = begun.get(id);
  begun.set(id, progress);
  const { epoch, worker } = progress;
  if (!known) events.onBegin(id, worker);
  if (epoch > 0 && (epoch !== known?.epoch || worker !== known.worker)) events.onEpoch(id, epoch, worker);
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

function experimentIn(folder: string): Experiment {
  const path = join(folder, FILE);
  if (existsSync(path)) {
    const result = v.safeParse(fileSchema, readJson(path));
    if (result.success) return result.output;
    throw new UserError(`${path} is not what eqprop wrote`, 'delete it: its tasks are sent anew');
  }
  const experiment = { experiment: randomUUID().slice(0, 13), since: Date.now() };
  writeWhole(folder, FILE, `${JSON.stringify(experiment)}\n`);
  return experiment;
}
