/** Puts tasks into queues, and fetches their folders as they end. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CarriedTask, Carrier, CarrierEvents } from '../experiments/index.js';
import { hostVersion, reasonOf, several, UserError } from '../ground/index.js';
import { Attendance } from './attendance.js';
import { calledOff, forgetCalledOff } from './calling-off.js';
import type { Connection } from './connection.js';
import type { Redis } from './engine.js';
import {
  type Experiment,
  experimentIn,
  newExperiment,
  sharedPathOf,
  writeExperiment,
} from './experiment-file.js';
import type { FolderStore } from './folder-store.js';
import { taskFolders } from './job.js';
import { Lane } from './lane.js';
import { type Offer, Offers, offerOf, titleOf } from './offer.js';
import { changeQueues } from './overview.js';
import { type SharedPath, SharedPathAway } from './shared-path.js';
import { Stores } from './stores.js';

/** Milliseconds. */
const LOOK_INTERVAL = 500;

export class Submission implements Carrier {
  readonly #store: FolderStore;
  readonly #experiment: Experiment;
  /** The same as it was put into the queue when its folders went another way. */
  readonly #before: Experiment | undefined;

  /**
   * @param folder the experiment's
   * @param dataHash of the data set of all tasks
   * @param shared path below which folders go; through Redis if absent
   */
  constructor(
    private readonly connection: Connection,
    private readonly folder: string,
    private readonly dataHash: string,
    private readonly shared?: SharedPath,
  ) {
    this.#store = new Stores(connection.redis, shared).of(shared?.identity);
    const known = experimentIn(folder);
    const isSameWay = known?.shared?.identity === shared?.identity;
    this.#experiment = known && isSameWay ? known : newExperiment();
    this.#before = isSameWay ? undefined : known;
  }

  async carry(tasks: readonly CarriedTask[], events: CarrierEvents, signal: AbortSignal): Promise<void> {
    const { experiment } = this.#experiment;
    const { redis } = this.connection;
    const waiting = this.#before ? await this.#withdraw(this.#before, tasks, events) : tasks;
    writeExperiment(this.folder, this.#experiment, this.shared);
    await forgetCalledOff(experiment, redis);
    const lanes = await this.#lanes(waiting, events);
    const away = new Away((sentence) => events.onNotice(sentence));
    const attendance = new Attendance(redis, (sentence) => events.onNotice(sentence));
    try {
      while (!signal.aborted) {
        const off = await calledOff(experiment, redis);
        if (off === 'all') break;
        const awaited: Offer[] = [];
        for (const lane of lanes)
          if ((await away.during(lane.left.size, () => lane.advance(off === undefined, signal))) > 0)
            awaited.push(lane.offer);
        if (awaited.length === 0) break;
        await attendance.look(awaited);
        await pause(LOOK_INTERVAL, undefined, { signal }).catch(() => undefined);
      }
      if (!signal.aborted) await this.#conclude(lanes, events);
    } catch (error) {
      throw this.connection.explain(error);
    } finally {
      await Promise.all(lanes.map((lane) => lane.close()));
    }
  }

  /**
   * Takes tasks out of the queue whose folders went another way, with what has come of them where that can be had.
   * @returns those that have not ended
   */
  async #withdraw(
    before: Experiment,
    tasks: readonly CarriedTask[],
    events: CarrierEvents,
  ): Promise<readonly CarriedTask[]> {
    const { experiment } = before;
    const store = await storeBefore(before, this.connection.redis, events);
    const offers = await this.#offersOf(experiment);
    let left = new Map(tasks.map((carried) => [carried.id, carried]));
    if (store)
      for (const offer of offers) {
        const lane = new Lane(offer, this.connection, store, this.dataHash, events);
        for (const [id, carried] of left) lane.left.set(id, carried);
        await lane.withdraw().finally(() => lane.close());
        left = lane.left;
      }
    await changeQueues(this.connection, offers, 'cancel');
    await store?.removeAll(taskFolders(experiment));
    return [...left.values()];
  }

  /** Lanes of the tasks, and of what a submitter before this one left in queues. */
  async #lanes(tasks: readonly CarriedTask[], events: CarrierEvents): Promise<readonly Lane[]> {
    const { experiment, since } = this.#experiment;
    const lanes = new Map<string, Lane>();
    const laneOf = (offer: Offer) => {
      const known = lanes.get(offer.queue);
      if (known) return known;
      const lane = this.#lane(offer, events);
      lanes.set(offer.queue, lane);
      return lane;
    };
    const submitted = {
      experiment,
      title: titleOf(this.folder),
      since,
      ...(this.shared && { shared: this.shared.identity }),
    };
    for (const carried of tasks)
      laneOf(offerOf(submitted, carried.task.recipe)).left.set(carried.id, carried);
    for (const offer of await this.#offersOf(experiment)) {
      if (lanes.has(offer.queue)) continue;
      // Another version's jobs go, their folders stay: this one's go on from them.
      if (offer.version === hostVersion) laneOf(offer);
      else await this.#lane(offer, events).clear();
    }
    return [...lanes.values()];
  }

  #lane(offer: Offer, events: CarrierEvents): Lane {
    return new Lane(offer, this.connection, this.#store, this.dataHash, events);
  }

  async #offersOf(experiment: string): Promise<readonly Offer[]> {
    const offers = await new Offers(this.connection.redis).all();
    return offers.filter((offer) => offer.experiment === experiment);
  }

  /** Brings what there is of tasks that were called off, and leaves nothing in the store. */
  async #conclude(lanes: readonly Lane[], events: CarrierEvents): Promise<void> {
    for (const lane of lanes) await lane.bringSaved();
    const off = lanes.reduce((sum, { left }) => sum + left.size, 0);
    if (off > 0) events.onNotice(`called off in the queue, and not done to the end: ${several(off, 'task')}`);
    for (const lane of lanes) await lane.clear();
    const { experiment } = this.#experiment;
    await this.#store.removeAll(taskFolders(experiment));
    await forgetCalledOff(experiment, this.connection.redis);
  }
}

/** Waits for a shared path that is away for a while, as for a store that is. */
class Away {
  #isTold = false;

  constructor(private readonly tell: (sentence: string) => void) {}

  /** Resolves with what `use` comes to, or with `otherwise` where the path is away: that is told once. */
  async during<T>(otherwise: T, use: () => Promise<T>): Promise<T> {
    try {
      const result = await use();
      this.#isTold = false;
      return result;
    } catch (error) {
      if (!(error instanceof SharedPathAway)) throw error;
      if (!this.#isTold) this.tell(reasonOf(error));
      this.#isTold = true;
      return otherwise;
    }
  }
}

/** Where folders went before; nothing where that cannot be reached: workers that see it clear it. */
async function storeBefore(
  before: Experiment,
  redis: Redis,
  events: CarrierEvents,
): Promise<FolderStore | undefined> {
  try {
    return new Stores(redis, await sharedPathOf(before)).of(before.shared?.identity);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    events.onNotice(`what was saved the other way cannot be had, and is done again: ${reasonOf(error)}`);
    return undefined;
  }
}
