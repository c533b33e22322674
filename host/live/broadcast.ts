/** A run under way tells how it stands, as often as is of use to somebody who looks on, and to nobody else. */
import type { Dataset } from '../data/index.js';
import type { LinkCounters } from '../link/index.js';
import type { NetworkParameters } from '../model/index.js';
import type { EpochMetrics, Metrics, Position, Progress } from '../records/index.js';
import type { Learnt } from '../report/index.js';
import type { MinibatchAnswers } from '../training/index.js';
import { LeaseWatch, releaseLease } from './lease.js';
import { type LiveRun, type Missed, removeLive, writeLive } from './live-file.js';
import { Stretches } from './stretches.js';

/** Milliseconds between two looks whether somebody looks on. */
const INTERVAL = 2000;
/** The run goes on at least so many times as long as the writing before took. */
const TIMES_WRITING = 50;
/** Wrong answers that are told, and bytes of images among them. */
const MOST_MISSED = 30;
const MOST_BYTES = 1 << 17;

export interface BroadcastSource {
  readonly folder: string;
  readonly device: string;
  readonly dataset: Dataset;
  position(): Position;
  line(): LinkCounters;
  learnt(last: EpochMetrics | undefined): Learnt | undefined;
}

type Wrong = Omit<Missed, 'image'>;

export class Broadcast {
  readonly #stretches = new Stretches();
  readonly #lease: LeaseWatch;
  readonly #most: number;
  #missed: Wrong[] = [];
  #parameters: NetworkParameters | undefined;
  #lastEpoch: EpochMetrics | undefined;
  #samples = 0;
  /** When the speed was last taken, after how many examples, and what it was. */
  #pace: { readonly at: number; readonly samples: number; readonly perSecond?: number };
  #due: number;

  /** @param now milliseconds since any moment */
  constructor(
    private readonly source: BroadcastSource,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#lease = new LeaseWatch(source.folder);
    this.#most = Math.min(MOST_MISSED, Math.floor(MOST_BYTES / source.dataset.pixels));
    this.#due = now();
    this.#pace = { at: now(), samples: 0 };
    removeLive(source.folder);
  }

  answers({ step, indices, labels, predictions, tally }: MinibatchAnswers): void {
    this.#stretches.add(step, tally);
    this.#samples += labels.length;
    labels.forEach((label, n) => {
      const predicted = predictions[n];
      if (predicted !== label) this.#missed.push({ index: indices[n], label, predicted });
    });
    if (this.#missed.length > this.#most) this.#missed = this.#missed.slice(-this.#most);
  }

  parameters(parameters: NetworkParameters): void {
    this.#parameters = parameters;
  }

  metrics(metrics: Metrics): void {
    if (metrics.kind === 'epoch') this.#lastEpoch = metrics;
  }

  /** Writes where it is time to, and somebody looks on. */
  progress(progress: Progress): void {
    const began = this.now();
    if (began < this.#due) return;
    const perSecond = this.#takePace(began, progress);
    if (this.#lease.isHeld()) writeLive(this.source.folder, this.#standing(progress, perSecond));
    const ended = this.now();
    this.#due = ended + Math.max(INTERVAL, TIMES_WRITING * (ended - began));
  }

  /** From now on the checkpoint and the log tell all, also to those who went without a word. */
  end(): void {
    removeLive(this.source.folder);
    releaseLease(this.source.folder);
  }

  #takePace(at: number, { phase }: Progress): number | undefined {
    const { at: before, samples, perSecond } = this.#pace;
    const learnt = this.#samples - samples;
    // While it is evaluated nothing is learnt, which says nothing of the speed.
    const taken =
      phase === 'training' && learnt > 0 && at > before ? (1000 * learnt) / (at - before) : perSecond;
    this.#pace = { at, samples: this.#samples, ...(taken !== undefined && { perSecond: taken }) };
    return taken;
  }

  #standing(progress: Progress, samplesPerSecond: number | undefined): LiveRun {
    const { device, dataset, position, line, learnt } = this.source;
    const { pixels, training, name } = dataset;
    const judged = learnt(this.#lastEpoch);
    return {
      state: {
        progress,
        position: position(),
        dataset: name,
        device,
        ...(samplesPerSecond !== undefined && { samplesPerSecond }),
        line: line(),
        ...(judged && { learnt: judged }),
        stretches: this.#stretches.list,
        missed: this.#missed.map((one) => ({
          ...one,
          image: Buffer.from(training.images.subarray(one.index * pixels, (one.index + 1) * pixels)).toString(
            'base64',
          ),
        })),
      },
      ...(this.#parameters && { parameters: this.#parameters }),
    };
  }
}
