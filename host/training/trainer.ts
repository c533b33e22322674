/** Trains a device on a data set, minibatch by minibatch, each reply checked. */
import type { Dataset } from '../data/dataset.js';
import { epochOrder, identityOrder } from '../data/order.js';
import type { Twin } from '../kernel/twin.js';
import type { ReplyOf } from '../link/schema.js';
import { stateFormat, weightFormat } from '../model/format.js';
import type { NetworkParameters } from '../model/network-parameters.js';
import { parseRange, type Recipe } from '../model/recipe.js';
import { ratesAt, type StepRates } from '../model/requests.js';
import { headroom, type LayerHeadroom, requireHeadroom } from '../verification/headroom.js';
import type { Lockstep } from '../verification/lockstep.js';
import type { ReferenceThread } from '../verification/reference-thread.js';
import type { StepComparison } from '../verification/step-comparison.js';
import { Examiner } from './examiner.js';
import { Learner, readParameters, readStates } from './learner.js';
import { type Evaluation, emptyTally, type Metrics, means, type Tally } from './metrics.js';
import { type Minibatch, MinibatchSource, PersistentStates } from './minibatch.js';
import { Pipeline } from './pipeline.js';
import { compareWithReference, realParameters } from './step-check.js';

export interface Progress {
  readonly phase: 'training' | 'validation' | 'test';
  readonly epoch: number;
  readonly epochs: number;
  /** Of this epoch or evaluation. */
  readonly done: number;
  readonly total: number;
  readonly wrong: number;
  /** Replies found equal to the twin's. */
  readonly checked: number;
}

export interface TrainerOptions {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly endpoint: Lockstep;
  readonly twin: Twin;
  /** Its thread trains the shadow and compares steps. */
  readonly reference: ReferenceThread;
  /** Train the reference on every minibatch too, its own weights beside the device's. */
  readonly shadow: boolean;
  /** Compare every n-th minibatch with the reference, from the device's weights; 0 for never. */
  readonly compareEvery: number;
  /** Milliseconds between checkpoints. */
  readonly checkpointInterval: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onMetrics: (metrics: Metrics) => void;
  readonly onComparison?: (comparison: StepComparison) => void;
  readonly onCheckpoint: (trainer: Trainer) => Promise<void>;
  /** When aborted, the run ends after the minibatch under way. */
  readonly signal: AbortSignal;
}

/** Where a run stands, as JSON. */
export interface Position {
  readonly step: number;
  /** Hexadecimal. */
  readonly digest: string;
  readonly saturations: number;
  readonly checked: number;
  readonly seconds: number;
  readonly tally: Tally;
  /** What the last epoch's validation came to. */
  readonly validation?: Evaluation;
}

export interface TestResult {
  readonly evaluations: readonly Evaluation[];
  /** Of the test set, from a zero start. */
  readonly predictions: Uint8Array;
}

export class Trainer {
  readonly learner: Learner;
  readonly source: MinibatchSource;
  readonly states: PersistentStates | undefined;
  readonly #examiner: Examiner;
  headroom: readonly LayerHeadroom[] = [];
  #step = 0;
  #digest = 0n;
  #saturations = 0;
  #tally = emptyTally();
  #lastValidation: Evaluation | undefined;
  #checkedBefore = 0;
  #secondsBefore = 0;
  readonly #began = performance.now();
  readonly #training: readonly [number, number];
  readonly #perEpoch: number;

  constructor(readonly options: TrainerOptions) {
    const { recipe, dataset, endpoint } = options;
    this.learner = new Learner(endpoint, recipe);
    this.source = new MinibatchSource(dataset.training, dataset.pixels);
    this.#training = parseRange(recipe.training);
    this.#perEpoch = Math.ceil((this.#training[1] - this.#training[0]) / recipe.minibatch);
    if (recipe.start === 'persistent')
      this.states = new PersistentStates(dataset.training.count, this.learner.units);
    this.#examiner = new Examiner(
      options,
      this.learner,
      this.source,
      this.states,
      (set, done, total, wrong) => this.#tell(set, done, total, wrong),
    );
  }

  get position(): Position {
    return {
      step: this.#step,
      digest: this.#digest.toString(16).padStart(16, '0'),
      saturations: this.#saturations,
      checked: this.#checkedBefore + this.options.endpoint.checked,
      seconds: this.#secondsBefore + (performance.now() - this.#began) / 1000,
      tally: this.#tally,
      ...(this.#lastValidation && { validation: this.#lastValidation }),
    };
  }

  /** Whether the last epoch was trained and is not yet closed. */
  get #isEpochOver(): boolean {
    return this.#step % this.#perEpoch === 0 && this.#tally.samples > 0;
  }

  get #isFinished(): boolean {
    return this.#step >= this.#perEpoch * this.options.recipe.epochs && !this.#isEpochOver;
  }

  /** Lays the network out on the device and draws its weights; the first checkpoint holds them. */
  async begin(): Promise<void> {
    await this.learner.configure();
    ({ digest: this.#digest } = await this.learner.initialise());
    await this.#checkpoint();
  }

  /** Lays the network out on the device and takes a run up where it stood. */
  async resume(position: Position, parameters: NetworkParameters): Promise<void> {
    await this.learner.configure();
    this.#step = position.step;
    this.#digest = BigInt(`0x${position.digest}`);
    this.#saturations = position.saturations;
    this.#checkedBefore = position.checked;
    this.#secondsBefore = position.seconds;
    this.#tally = { ...position.tally };
    this.#lastValidation = position.validation;
    await this.learner.load(parameters, this.#step, this.#digest);
  }

  parameters(): Promise<NetworkParameters> {
    return readParameters(this.options.twin, this.learner.sizes);
  }

  /**
   * Trains to the end of the recipe; returns false if it was interrupted. Either way a checkpoint holds all that was
   * reached.
   */
  async train(): Promise<boolean> {
    const { signal } = this.options;
    while (!signal.aborted && !this.#isFinished) {
      if (!this.#isEpochOver) await this.#trainEpoch();
      if (this.#isEpochOver && !(await this.#endEpoch())) return false;
      await this.#checkpoint();
    }
    return this.#isFinished;
  }

  /** Trains to the end of the epoch, or until it is time for a checkpoint, or until interrupted. */
  async #trainEpoch(): Promise<void> {
    const { recipe, signal, checkpointInterval } = this.options;
    const epoch = Math.floor(this.#step / this.#perEpoch);
    const [from, to] = this.#training;
    const count = to - from;
    const order = recipe.shuffle ? epochOrder(count, recipe.seed, epoch) : identityOrder(count);
    const pipeline = new Pipeline(2);
    const until = performance.now() + checkpointInterval;
    const first = this.#step;
    const end = (epoch + 1) * this.#perEpoch;
    for (let step = first; step < end; step++) {
      if (signal.aborted || (step > first && performance.now() >= until)) break;
      const at = (step - epoch * this.#perEpoch) * recipe.minibatch;
      const indices = order.slice(at, at + recipe.minibatch).map((example) => from + example);
      const batch = this.source.take(indices);
      const rates = ratesAt(recipe, step, this.#perEpoch, indices.length);
      const compares = this.options.compareEvery > 0 && step % this.options.compareEvery === 0;
      if (compares) await pipeline.drain();
      if (signal.aborted) break;
      await this.#trainMinibatch(pipeline, step, batch, rates, compares);
    }
    await pipeline.drain();
  }

  /** Resolves when the minibatch is sent and the pipeline has room for the next. */
  async #trainMinibatch(
    pipeline: Pipeline,
    step: number,
    batch: Minibatch,
    rates: StepRates,
    compares: boolean,
  ): Promise<void> {
    const { twin, reference, shadow } = this.options;
    const { learner, states } = this;
    const { indices, images, labels } = batch;
    const before = compares ? realParameters(await this.parameters(), this.options.recipe) : undefined;
    const start = before && states?.gather(indices);
    await learner.stage(batch, states);
    const reply = learner.train(step, indices.length, rates);
    const kept = states && readStates(twin, 'free', indices.length, learner.units);
    const comparison =
      before &&
      compareWithReference(twin, reference, this.options.recipe, { ...before, start }, batch, rates, reply);
    const shadowWrong = shadow
      ? reference.run({
          kind: 'train',
          batch: { indices, images, labels },
          nudging: rates.nudging,
          gains: rates.gains.map(({ value }) => value),
          decays: rates.decays.map(({ value }) => value),
        })
      : 0;
    const results = Promise.all([reply, shadowWrong, comparison, kept]);
    await pipeline.add(results, ([answer, wrong, compared, free]) => {
      if (free) states?.keep(indices, free);
      this.#count(answer, labels, wrong);
      if (compared) {
        this.options.onComparison?.(compared);
        const { sampleRms: _, contrasts: __, ...divergence } = compared;
        this.options.onMetrics({ kind: 'divergence', step: this.#step, ...divergence });
      }
      this.#tell('training', this.#tally.samples, this.#training[1] - this.#training[0], this.#tally.wrong);
    });
  }

  #count(reply: ReplyOf<'train'>, labels: Uint8Array, referenceWrong: number): void {
    const { recipe } = this.options;
    const tally = this.#tally;
    tally.samples += labels.length;
    for (let n = 0; n < labels.length; n++) tally.wrong += Number(reply.predictions[n] !== labels[n]);
    // The device sums ‖y − t‖² with twice the states' fractional bits.
    tally.cost += Number(reply.cost) / 2 / 4 ** stateFormat(recipe.states).fraction;
    tally.freeIterations += reply.freeIterations;
    tally.nudgedIterations += reply.nudgedIterations;
    tally.unsettled += reply.unsettled;
    tally.referenceWrong += referenceWrong;
    this.#step = reply.step;
    this.#digest = reply.weights;
    this.#saturations = reply.saturations;
  }

  /** Validates and logs; returns false if it was interrupted, the epoch then ends when the run is taken up. */
  async #endEpoch(): Promise<boolean> {
    const { recipe, onMetrics, shadow } = this.options;
    if (this.#validates) await this.#checkpoint();
    const validation = await this.#examiner.validate(recipe.start);
    if (this.#validates && !validation) return false;
    this.#lastValidation = validation;
    const { step, digest, checked, saturations, seconds } = this.position;
    onMetrics({
      kind: 'epoch',
      epoch: step / this.#perEpoch,
      step,
      ...means(this.#tally, shadow),
      saturations,
      ...(validation && { validation }),
      digest,
      checked,
      seconds,
    });
    this.#tally = emptyTally();
    return true;
  }

  async #checkpoint(): Promise<void> {
    const { recipe, onCheckpoint } = this.options;
    const parameters = await this.parameters();
    const weightBits = weightFormat(recipe.weights).fraction;
    const stateBits = stateFormat(recipe.states).fraction;
    this.headroom = headroom(this.learner.sizes, parameters, weightBits, stateBits);
    await onCheckpoint(this);
    requireHeadroom(this.headroom);
  }

  get #validates(): boolean {
    return this.options.recipe.validation !== 'none';
  }

  /**
   * The last evaluations: both starts where the recipe keeps states, then the test set from zero. Nothing if the run
   * is interrupted.
   */
  async test(): Promise<TestResult | undefined> {
    const persistent = this.#lastValidation?.start === 'persistent' ? this.#lastValidation : undefined;
    const validation = await this.#examiner.validate('zero');
    const test = await this.#examiner.test();
    if (!test) return undefined;
    const evaluations = [persistent, validation, test.evaluation].filter((entry) => entry !== undefined);
    return { evaluations, predictions: test.predictions };
  }

  #tell(phase: Progress['phase'], done: number, total: number, wrong: number): void {
    const { recipe, onProgress } = this.options;
    const { checked } = this.position;
    const epoch = Math.ceil(this.#step / this.#perEpoch);
    onProgress({ phase, epoch, epochs: recipe.epochs, done, total, wrong, checked });
  }
}
