/** Puts runs into queues, and fetches their folders as they end. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CarriedRun, Carrier, CarrierEvents, Ending } from '../experiments/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import { hasCheckpoint, loadResult, runFiles } from '../records/index.js';
import { type Connection, queueNamed } from './connection.js';
import { dataFiles } from './data-folder.js';
import { endingOf } from './ending.js';
import { JOB_STATES, type Job, type NewJob, type Queue, type Redis } from './engine.js';
import {
  type Experiment,
  experimentIn,
  newExperiment,
  sharedPathOf,
  writeExperiment,
} from './experiment-file.js';
import type { FolderStore } from './folder-store.js';
import { dataKey, folderKey, runFolders, runProgress } from './job.js';
import { type Offer, Offers, offerOf } from './offer.js';
import { cancelledKey, changeQueues } from './overview.js';
import type { SharedPath } from './shared-path.js';
import { Stores } from './stores.js';

/** Milliseconds. */
const LOOK_INTERVAL = 500;
/** Jobs that are sent, and looked at, at a time. */
const AT_ONCE = 200;
/** Times that a run is tried whose process failed, and milliseconds before the second try. */
const ATTEMPTS = 3;
const BACKOFF = 1000;

export class Submission implements Carrier {
  readonly #store: FolderStore;
  readonly #offers: Offers;
  readonly #experiment: Experiment;
  /** The same as it was put into the queue when its folders went another way. */
  readonly #before: Experiment | undefined;
  /** Savings of runs under way, by their ids. */
  readonly #brought = new Map<string, string>();

  /**
   * @param folder the experiment's
   * @param dataHash of the data set of all runs
   * @param shared path below which folders go; through Redis if absent
   */
  constructor(
    private readonly connection: Connection,
    private readonly folder: string,
    private readonly dataHash: string,
    private readonly shared?: SharedPath,
  ) {
    this.#store = new Stores(connection.redis, shared).of(shared?.identity);
    this.#offers = new Offers(connection.redis);
    const known = experimentIn(folder);
    const isSameWay = known?.shared?.identity === shared?.identity;
    this.#experiment = known && isSameWay ? known : newExperiment();
    this.#before = isSameWay ? undefined : known;
  }

  async train(runs: readonly CarriedRun[], events: CarrierEvents, signal: AbortSignal): Promise<void> {
    const { experiment } = this.#experiment;
    const { redis } = this.connection;
    const waiting = this.#before ? await this.#withdraw(this.#before, runs, events) : runs;
    writeExperiment(this.folder, this.#experiment, this.shared);
    await redis.call('DEL', cancelledKey(experiment));
    const lanes = await this.#lanes(waiting);
    try {
      while (!signal.aborted) {
        if (Number(await redis.call('EXISTS', cancelledKey(experiment))) === 1) {
          await this.#store.removeAll(runFolders(experiment));
          throw new UserError(
            `the runs of ${this.folder} were cancelled in the queue`,
            `put what is left there again: --resume ${this.folder} --queue`,
          );
        }
        let left = 0;
        for (const lane of lanes) left += await this.#advance(lane, events, signal);
        if (left === 0) break;
        await pause(LOOK_INTERVAL, undefined, { signal }).catch(() => undefined);
      }
      if (!signal.aborted) await this.#clear(lanes);
    } catch (error) {
      throw this.connection.explain(error);
    } finally {
      await Promise.all(lanes.map(({ queue }) => queue.close()));
    }
  }

  /**
   * Takes runs out of the queue whose folders went another way, with what has come of them where that can be had.
   * @returns those that have not ended
   */
  async #withdraw(
    before: Experiment,
    runs: readonly CarriedRun[],
    events: CarrierEvents,
  ): Promise<readonly CarriedRun[]> {
    const { experiment } = before;
    const store = await storeBefore(before, this.connection.redis);
    const left = new Map(runs.map((run) => [run.id, run]));
    const offers = (await this.#offers.all()).filter((each) => each.experiment === experiment);
    if (store) {
      for (const offer of offers) await this.#fetchAll({ ...this.#lane(offer, store), left }, events);
      for (const { id, path } of left.values()) await store.replace(folderKey({ experiment, id }), path);
    }
    await changeQueues(this.connection, offers, 'cancel');
    await store?.removeAll(runFolders(experiment));
    return [...left.values()];
  }

  async #fetchAll(lane: Lane, events: CarrierEvents): Promise<void> {
    const { queue } = lane;
    try {
      for (;;) {
        const [job] = await queue.getJobs(['completed', 'failed'], 0, 0);
        if (!job) break;
        await this.#fetch(lane, job, events);
      }
    } finally {
      await queue.close();
    }
  }

  /** Lanes of the runs, and of what a submitter before this one left in queues. */
  async #lanes(runs: readonly CarriedRun[]): Promise<readonly Lane[]> {
    const { experiment, since } = this.#experiment;
    const lanes = new Map<string, Lane>();
    const laneOf = (offer: Offer) => {
      const lane = lanes.get(offer.queue) ?? this.#lane(offer);
      lanes.set(offer.queue, lane);
      return lane;
    };
    for (const run of runs)
      laneOf(offerOf(experiment, this.folder, since, run.recipe, this.shared?.identity)).left.set(
        run.id,
        run,
      );
    const before = await this.#offers.all();
    for (const offer of before.filter((each) => each.experiment === experiment)) laneOf(offer);
    return [...lanes.values()];
  }

  #lane(offer: Offer, store = this.#store): Lane {
    const queue = queueNamed(offer.queue, this.connection);
    return { offer, queue, store, left: new Map(), begun: new Map() };
  }

  /** Returns the number of runs that have not ended. */
  async #advance(lane: Lane, events: CarrierEvents, signal: AbortSignal): Promise<number> {
    const { queue, left } = lane;
    const counts = await queue.getJobCounts(...JOB_STATES);
    const there = JOB_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    // At first none is there; fewer than there should be, the store has forgotten some.
    if (there < left.size) await this.#send(lane);
    for (const job of await queue.getJobs(['completed', 'failed'], 0, AT_ONCE - 1)) {
      if (signal.aborted) return left.size;
      if (job) await this.#fetch(lane, job, events);
    }
    for (const job of await queue.getJobs(['active'], 0, AT_ONCE - 1)) {
      if (signal.aborted) break;
      tell(lane, job, events);
      await this.#follow(lane, job?.id);
    }
    return left.size;
  }

  /** Brings what a run has saved as it comes: it is seen here, and goes on from there if the store forgets it. */
  async #follow({ offer, store, left }: Lane, id: string | undefined): Promise<void> {
    const run = left.get(id ?? '');
    if (!run) return;
    const key = folderKey({ experiment: offer.experiment, id: run.id });
    const version = await store.version(key);
    if (version === undefined || this.#brought.get(run.id) === version) return;
    if (await store.replace(key, run.path)) this.#brought.set(run.id, version);
  }

  /** Sends what is left; those that are in the queue stay as they are. */
  async #send({ offer, queue, left }: Lane): Promise<void> {
    const runs = [...left.values()];
    const [first] = runs;
    const key = dataKey({ experiment: this.#experiment.experiment, dataHash: this.dataHash });
    if (first?.data !== undefined && !(await this.#store.has(key)))
      await this.#store.save(key, dataFiles(first.data, first.reading, this.#store.most));
    for (let at = 0; at < runs.length; at += AT_ONCE) {
      const some = runs.slice(at, at + AT_ONCE);
      for (const run of some) await this.#sendFolder(run);
      await queue.addBulk(some.map((run) => this.#job(run)));
    }
    // Workers look at a queue once it is offered.
    await this.#offers.add(offer);
  }

  /** A run that was begun here goes on from its checkpoint. */
  async #sendFolder({ id, path }: CarriedRun): Promise<void> {
    const key = folderKey({ experiment: this.#experiment.experiment, id });
    if (!hasCheckpoint(path) || (await this.#store.has(key))) return;
    await this.#store.save(
      key,
      runFiles(path).map((name) => ({ name, path: join(path, name) })),
    );
  }

  #job(run: CarriedRun): NewJob {
    const { id, path: _path, recipe, data, reading, compareEvery, verification } = run;
    const { test, ...others } = reading;
    return {
      name: 'run',
      data: {
        id,
        experiment: this.#experiment.experiment,
        recipe,
        reading: { ...others, ...(test !== undefined && { test: basename(test) }) },
        dataHash: this.dataHash,
        data: data === undefined ? null : basename(data),
        compareEvery,
        verification,
        ...(this.shared && { shared: this.shared.identity }),
      },
      opts: { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: BACKOFF } },
    };
  }

  /** Takes a run that has ended out of the queue and the store; brings its folder unless that was done before. */
  async #fetch({ offer, store, left, begun }: Lane, job: Job, events: CarrierEvents): Promise<void> {
    const { id = '' } = job;
    const run = left.get(id);
    const key = folderKey({ experiment: offer.experiment, id });
    if (run) {
      const isHere = await store.replace(key, run.path);
      const ending = endingOf(job, id);
      // A run that was fetched is told once it has begun.
      if (!begun.has(id)) events.onBegin(id);
      left.delete(id);
      begun.delete(id);
      this.#brought.delete(id);
      events.onEnd(id, ending.kind === 'finished' ? checked(run, isHere) : ending);
    }
    await store.remove(key);
    await job.remove();
  }

  async #clear(lanes: readonly Lane[]): Promise<void> {
    for (const { offer, queue } of lanes) {
      await this.#offers.remove(offer.queue);
      await queue.obliterate({ force: true });
    }
    await this.#store.removeAll(runFolders(this.#experiment.experiment));
  }
}

/** The runs of a queue. */
interface Lane {
  readonly offer: Offer;
  readonly queue: Queue;
  /** Its runs' folders are there. */
  readonly store: FolderStore;
  /** Those that have not ended, by their ids. */
  readonly left: Map<string, CarriedRun>;
  /** Epochs told of those under way. */
  readonly begun: Map<string, number>;
}

function tell({ left, begun }: Lane, job: Job | undefined, events: CarrierEvents): void {
  const id = job?.id ?? '';
  const progress = runProgress(job?.progress);
  if (!left.has(id) || !progress) return;
  const known = begun.get(id);
  begun.set(id, progress.epoch);
  if (known === undefined) events.onBegin(id);
  if (progress.epoch > 0 && progress.epoch !== known) events.onEpoch(id, progress.epoch);
}

/** Where folders went before; nothing where that cannot be reached: workers that see it clear it. */
async function storeBefore(before: Experiment, redis: Redis): Promise<FolderStore | undefined> {
  try {
    return new Stores(redis, await sharedPathOf(before)).of(before.shared?.identity);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Believes what was told when it is seen. */
function checked({ path, id }: CarriedRun, isHere: boolean): Ending {
  try {
    if (!isHere && !existsSync(path)) throw new UserError(`the folder of ${id} is not in the store`);
    loadResult(path);
    return { kind: 'finished' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'failed', reason: reasonOf(error), differs: false };
  }
}
