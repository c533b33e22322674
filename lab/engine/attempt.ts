/** A run from where it stands to its end, or until its device is lost. */
import { kernelName } from '#host/kernel/index.js';
import { formatsOf, type NetworkParameters, type StateArray } from '#host/model/index.js';
import type { Position, Progress } from '#host/records/index.js';
import { Bench } from '#host/runs/index.js';
import { openReference, requireFit, Trainer } from '#host/training/index.js';
import { type DeviceChoice, openLine } from './lines.js';
import type { Job, News, Standing } from './messages.js';

/** Milliseconds without an answer after which a device is given up. */
const PATIENCE = 30_000;
/** Milliseconds from one standing to the next, from one look at the device's memory to the next, from one checkpoint to the next. */
const INTERVAL = 50;
const LOOK = 1000;
const CHECKPOINT = 1000;

/** All that a run needs to go on, bit for bit. */
export interface Kept {
  readonly position: Position;
  readonly parameters: NetworkParameters;
  readonly states: StateArray | undefined;
}

const NO_LINE = { bytesSent: 0, bytesReceived: 0, resent: 0, polls: 0, damaged: 0 };

export class Attempt {
  /** The newest checkpoint. */
  kept: Kept | undefined;
  /** True where the device has the network as the run left it. */
  hasBegun = false;
  #trainer: Trainer | undefined;
  #bench: Bench | undefined;
  #progress: Progress | undefined;
  #began = performance.now();
  #toldAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param from where the run stood; undefined at its beginning */
  constructor(
    private readonly job: Job,
    private readonly device: DeviceChoice,
    private readonly from: Kept | undefined,
    private readonly tell: (news: News) => void,
    private readonly signal: AbortSignal,
  ) {
    this.kept = from;
  }

  /** Where it stands at one of its positions. */
  standingAt({ step, digest, tally }: Position): Standing {
    const seconds = (performance.now() - this.#began) / 1000;
    const line = this.#bench?.link.counters ?? NO_LINE;
    return { progress: this.#progress, step, digest, tally: { ...tally }, seconds, line };
  }

  /** Rejects with `ConnectionLost` where the device is gone, `UserError` where there is none or it cannot train this. */
  async run(): Promise<void> {
    // Told when all is closed: whoever hears it may end this thread.
    this.tell(await this.#train());
  }

  async #train(): Promise<News> {
    const { recipe, dataset } = this.job;
    requireFit(recipe, dataset);
    const line = await openLine(this.device, formatsOf(recipe).storage);
    const bench = await Bench.over(line, PATIENCE, recipe);
    this.#bench = bench;
    const reference = openReference(recipe, dataset);
    try {
      const { baud, device: hello } = bench.link;
      const kernel = kernelName(hello.kernel);
      this.tell({
        kind: 'started',
        device: bench.deviceName,
        kernel,
        hello,
        ...(baud !== undefined && { baud }),
      });
      const trainer: Trainer = new Trainer({
        recipe,
        dataset,
        endpoint: bench.endpoint,
        tensors: bench.tensors,
        reference,
        shadow: false,
        compareEvery: 0,
        checkpointInterval: this.device.kind === 'held' ? CHECKPOINT : Number.POSITIVE_INFINITY,
        onProgress: (progress) => this.#hear(progress, trainer.position),
        onMetrics: (metrics) => this.tell({ kind: 'metrics', metrics }),
        onCheckpoint: async (at) => {
          const position = structuredClone(at.position);
          this.kept = { position, parameters: await at.parameters(), states: at.states?.states.slice() };
        },
        signal: this.signal,
      });
      this.#trainer = trainer;
      await this.#begin(trainer);
      await trainer.train();
      const standing = this.standingAt(trainer.position);
      const test = await trainer.test();
      await this.#lookAtMemory();
      const parameters = await trainer.parameters();
      return { kind: 'finished', standing, parameters, ...(test && { evaluations: test.evaluations }) };
    } finally {
      await Promise.all([bench.close(), reference.close()]);
    }
  }

  /** Tells them, unless the device is gone meanwhile. */
  async tellWeights(): Promise<void> {
    const trainer = this.hasBegun ? this.#trainer : undefined;
    const parameters = await trainer?.parameters().catch(() => undefined);
    if (trainer && parameters) this.tell({ kind: 'weights', step: trainer.position.step, parameters });
  }

  async #begin(trainer: Trainer): Promise<void> {
    const { from } = this;
    if (from) {
      if (from.states) trainer.states?.states.set(from.states);
      await trainer.resume(from.position, from.parameters);
    } else await trainer.begin();
    this.hasBegun = true;
    this.#began = performance.now() - 1000 * (from?.position.seconds ?? 0);
    await this.#lookAtMemory();
  }

  #hear(progress: Progress, position: Position): void {
    this.#progress = progress;
    const now = performance.now();
    if (now - this.#toldAt < INTERVAL && progress.done < progress.total) return;
    this.#toldAt = now;
    this.tell({ kind: 'standing', standing: this.standingAt(position) });
    if (now - this.#lookedAt < LOOK) return;
    // A device that is gone meanwhile is the trainer's to tell.
    this.#lookAtMemory().catch(() => {});
  }

  async #lookAtMemory(): Promise<void> {
    this.#lookedAt = performance.now();
    const laidOut = this.#trainer?.learner.laidOut;
    const statistics = await this.#bench?.link.request('statistics', {});
    if (!laidOut || !statistics) return;
    const { needed, arena, stackUsed, stackSize } = statistics;
    const parts = Array.from(laidOut.parts);
    this.tell({ kind: 'memory', memory: { needed, arena, parts, stackUsed, stackSize } });
  }
}
