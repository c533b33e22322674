/** Trains a device on a data set, minibatch by minibatch, each reply checked. */
import { readParameters, readStates } from '../endpoint/index.js';
import { hexadecimal } from '../ground/index.js';
import type { NetworkParameters, Recipe } from '../model/index.js';
import { pictured, realRates, type StepRates, seenAt } from '../model/index.js';
import type { Position, Progress } from '../records/index.js';
import {
  addReply,
  CheckpointClock,
  type Evaluation,
  emptyTally,
  type Metrics,
  means,
  PersistentStates,
  type Tally,
} from '../records/index.js';
import type { CheckedEndpoint, StepComparison } from '../verification/index.js';
import type { ReplyOf } from '../wire/index.js';
import { alignments } from './alignment.js';
import { Examiner, type ExaminerOptions } from './examiner.js';
import { HEADROOM_INTERVAL, HeadroomWatch } from './headroom-watch.js';
import { Learner } from './learner.js';
import { learningSubject } from './learning-subject.js';
import { type Minibatch, MinibatchSource } from './minibatch.js';
import { MinibatchPlan } from './minibatch-plan.js';
import { Pipeline } from './pipeline.js';
import { SaturationCount } from './saturation-count.js';
import { statesIfKept } from './settled-states.js';
import { compareWithReference, realParameters } from './step-check.js';
import { isLookedAt, SymptomWatch } from './symptom-watch.js';

export interface TrainerOptions extends ExaminerOptions {
  readonly endpoint: CheckedEndpoint;
  /** Compare every n-th minibatch with the reference, from the device's weights; 0 for never. */
  readonly compareEvery: number;
  /** Milliseconds between checkpoints, at least; one is made at every epoch's end too. */
  readonly checkpointInterval: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onMetrics: (metrics: Metrics) => void;
  readonly onComparison?: (comparison: StepComparison) => void;
  /** Told each minibatch's answers, in the order in which they are counted. */
  readonly onAnswers?: (answers: MinibatchAnswers) => void;
  /** Told the parameters whenever the run looks at them itself. */
  readonly onParameters?: (parameters: NetworkParameters) => void;
  readonly onCheckpoint: (trainer: Trainer) => Promise<void>;
  /** Told the parameters at every epoch's end. */
  readonly onEpochEnd?: (parameters: NetworkParameters) => Promise<void>;
}

/** A minibatch's answers, before it was learnt from. */
export interface MinibatchAnswers {
  /** Minibatches applied, this one among them. */
  readonly step: number;
  /** Places in the data set. */
  readonly indices: Uint32Array;
  readonly labels: Uint8Array;
  readonly predictions: Uint8Array;
  /** Sums of this minibatch alone. */
  readonly tally: Tally;
}

export interface TestResult {
  readonly evaluations: readonly Evaluation[];
  /** Predictions for the test set, from a zero start. */
  readonly predictions: Uint8Array;
}

/** Weights that a run begins with. */
export interface FirstWeights {
  readonly parameters: NetworkParameters;
  readonly digest: bigint;
}

export class Trainer {
  readonly learner: Learner;
  readonly source: MinibatchSource;
  readonly states: PersistentStates | undefined;
  readonly #examiner: Examiner;
  /** With the images' rows and columns in its network. */
  readonly #recipe: Recipe;
  readonly #plan: MinibatchPlan;
  readonly #clock: CheckpointClock;
  readonly headroom: HeadroomWatch;
  #step = 0;
  #digest = 0n;
  #saturations = new SaturationCount(0);
  #watch: SymptomWatch;
  #tally = emptyTally();
  #lastValidation: Evaluation | undefined;
  #checkedBefore = 0;
  #secondsBefore = 0;
  readonly #began = performance.now();

  constructor(readonly options: TrainerOptions) {
    const { recipe, dataset, endpoint } = options;
    this.#recipe = pictured(recipe, dataset);
    this.learner = new Learner(endpoint, this.#recipe);
    this.source = new MinibatchSource(dataset.training, dataset.pixels);
    this.#plan = new MinibatchPlan(recipe);
    this.headroom = new HeadroomWatch(this.#recipe);
    this.#watch = this.#watchFrom(undefined);
    this.#clock = new CheckpointClock(options.checkpointInterval);
    if (recipe.start === 'persistent')
      this.states = new PersistentStates(
        dataset.training.count,
        this.learner.graph.units,
        this.learner.formats.storage,
      );
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
      digest: hexadecimal(this.#digest),
      saturations: this.#saturations.total,
      checked: this.#checkedBefore + this.options.endpoint.checked,
      seconds: this.#secondsBefore + (performance.now() - this.#began) / 1000,
      tally: this.#tally,
      ...(this.#lastValidation && { validation: this.#lastValidation }),
      evidence: this.#watch.evidence,
    };
  }

  #watchFrom(evidence: Position['evidence']): SymptomWatch {
    const subject = learningSubject(this.#recipe, this.options.dataset);
    return new SymptomWatch(subject, this.learner.formats.states.fraction, evidence);
  }

  /** True where the last epoch was trained and is not yet closed. */
  get #isEpochOver(): boolean {
    return this.#step % this.#plan.perEpoch === 0 && this.#tally.samples > 0;
  }

  get #isFinished(): boolean {
    return this.#step >= this.#plan.steps && !this.#isEpochOver;
  }

  /**
   * Lays the network out on the device, and draws its weights or gives it others, of which the digest is known; the first
   * checkpoint holds them.
   */
  async begin(first?: FirstWeights): Promise<void> {
    if (first) this.headroom.require(first.parameters);
    await this.learner.configure();
    if (first) {
      this.#digest = first.digest;
      await this.learner.load(first.parameters, 0, first.digest);
      await this.#beginShadow(first.parameters);
    } else {
      ({ digest: this.#digest } = await this.learner.initialise());
      this.headroom.require(await this.parameters());
    }
    await this.#checkpoint();
  }

  async #beginShadow(parameters: NetworkParameters): Promise<void> {
    const { shadow, reference } = this.options;
    if (!shadow) return;
    const { graph, formats } = this.learner;
    const states = new Float64Array((this.states?.examples ?? 0) * graph.units);
    await reference.run({ kind: 'load', parameters: realParameters(parameters, formats, graph), states });
  }

  /** Lays the network out on the device and takes a run up where it stood. */
  async resume(position: Position, parameters: NetworkParameters): Promise<void> {
    this.headroom.require(parameters);
    await this.learner.configure();
    this.#step = position.step;
    this.#digest = BigInt(`0x${position.digest}`);
    this.#saturations = new SaturationCount(position.saturations);
    this.#checkedBefore = position.checked;
    this.#secondsBefore = position.seconds;
    this.#tally = { ...position.tally };
    this.#lastValidation = position.validation;
    this.#watch = this.#watchFrom(position.evidence);
    await this.learner.load(parameters, this.#step, this.#digest);
  }

  parameters(): Promise<NetworkParameters> {
    return readParameters(this.options.tensors, this.learner.graph, this.learner.formats.storage);
  }

  /**
   * Trains to the end of the recipe; returns false if it was interrupted. Either way a checkpoint holds all that was
   * reached. Rejects with `UserError` where the weights have grown so that a drive could wrap; the last checkpoint's
   * had not.
   */
  async train(): Promise<boolean> {
    const { signal } = this.options;
    while (!signal.aborted && !this.#isFinished) {
      if (!this.#isEpochOver) await this.#trainOn();
      const isEpochOver = this.#isEpochOver;
      const parameters = await this.parameters();
      this.options.onParameters?.(parameters);
      if (isEpochOver || this.#step % HEADROOM_INTERVAL === 0 || signal.aborted)
        this.headroom.require(parameters);
      // Time alone asks for this checkpoint: it can wait, and must not decide where the run stops.
      else if (!this.headroom.look(parameters)) continue;
      if (isEpochOver) await this.options.onEpochEnd?.(parameters);
      if (isEpochOver && !(await this.#endEpoch(parameters))) return false;
      // An epoch relaxes every example whose states are saved: saving them is little beside it.
      if (isEpochOver || signal.aborted || this.#clock.isDue) await this.#checkpoint();
    }
    return this.#isFinished;
  }

  /** Trains to the next step where the headroom decides, or until a checkpoint is due, or until interrupted. */
  async #trainOn(): Promise<void> {
    const { signal, compareEvery } = this.options;
    const plan = this.#plan;
    const pipeline = new Pipeline();
    const next = (interval: number) => interval * (Math.floor(this.#step / interval) + 1);
    const first = this.#step;
    const end = Math.min(next(plan.perEpoch), next(HEADROOM_INTERVAL));
    const productsBefore = await this.learner.products();
    const samplesBefore = this.#tally.samples;
    for (let step = first; step < end; step++) {
      if (signal.aborted || (step > first && this.#clock.isDue)) break;
      const indices = plan.examplesOf(step);
      const batch = this.source.take(indices);
      const rates = plan.ratesOf(step, indices.length);
      const compares = compareEvery > 0 && step % compareEvery === 0;
      if (compares) await pipeline.drain();
      if (signal.aborted) break;
      await this.#trainMinibatch(pipeline, step, batch, rates, compares);
    }
    await pipeline.drain();
    const samples = this.#tally.samples - samplesBefore;
    this.#tally.products += await this.learner.productsSince(productsBefore, samples);
  }

  /** Resolves when the minibatch is sent and the pipeline has room for the next. */
  async #trainMinibatch(
    pipeline: Pipeline,
    step: number,
    batch: Minibatch,
    rates: StepRates,
    compares: boolean,
  ): Promise<void> {
    const { tensors, reference, shadow } = this.options;
    const { learner, states } = this;
    const { indices, images, labels } = batch;
    const before = compares
      ? realParameters(await this.parameters(), learner.formats, learner.graph)
      : undefined;
    const start = before && states?.gather(indices);
    await learner.stage(batch, states);
    const reply = learner.train(step, indices.length, rates);
    const { units } = learner.graph;
    const settled = states
      ? readStates(tensors, 'free', indices.length, units, learner.formats.storage)
      : isLookedAt(step + 1)
        ? statesIfKept(tensors, learner, indices.length)
        : undefined;
    const comparison =
      before &&
      compareWithReference(
        tensors,
        reference,
        learner.graph,
        learner.formats,
        { ...before, start },
        seenAt(batch, this.#recipe, step),
        rates,
        reply,
      );
    const shadowWrong = shadow
      ? reference.run({
          kind: 'train',
          batch: seenAt({ indices, images, labels }, this.#recipe, step),
          nudging: rates.nudging,
          rates: realRates(rates),
        })
      : 0;
    const results = Promise.all([reply, shadowWrong, comparison, settled]);
    await pipeline.add(results, ([answer, wrong, compared, free]) => {
      if (free) states?.keep(indices, free);
      const hasChanged = answer.weights !== this.#digest;
      this.#count(answer, batch, wrong);
      if (compared) {
        this.options.onComparison?.(compared);
        const { sampleRms: _, nudgedSampleRms: __, contrasts: ___, ...divergence } = compared;
        this.options.onMetrics({ kind: 'divergence', step: this.#step, ...divergence });
      }
      const decays = rates.decays.some(({ word }) => word !== 0);
      this.#watch.hear({ reply: answer, labels, hasChanged, decays, free }).forEach(this.options.onMetrics);
      this.#tell('training', this.#tally.samples, this.#plan.examples, this.#tally.wrong);
    });
  }

  #count(reply: ReplyOf<'train'>, { indices, labels }: Minibatch, referenceWrong: number): void {
    const { fraction } = this.learner.formats.states;
    addReply(this.#tally, reply, labels, fraction);
    this.#tally.referenceWrong += referenceWrong;
    this.#step = reply.step;
    this.#digest = reply.weights;
    this.#saturations.hear(reply.saturations);
    const { onAnswers } = this.options;
    if (!onAnswers) return;
    const tally = emptyTally();
    addReply(tally, reply, labels, fraction);
    onAnswers({ step: reply.step, indices, labels, predictions: reply.predictions, tally });
  }

  /** Validates and logs; returns false if it was interrupted, the epoch then ends when the run is taken up. */
  async #endEpoch({ weights }: NetworkParameters): Promise<boolean> {
    const { recipe, onMetrics, shadow } = this.options;
    if (this.#validates) await this.#checkpoint();
    const validation = await this.#examiner.validate(recipe.start);
    if (this.#validates && !validation) return false;
    this.#lastValidation = validation;
    const { step, digest, checked, saturations, seconds } = this.position;
    const aligned = alignments(this.learner.graph, weights);
    onMetrics({
      kind: 'epoch',
      epoch: step / this.#plan.perEpoch,
      step,
      ...means(this.#tally, shadow, recipe['nudge-margin'] > 0),
      saturations,
      ...(aligned.length > 0 && { alignments: aligned }),
      ...(validation && { validation }),
      digest,
      checked,
      seconds,
    });
    this.#tally = emptyTally();
    return true;
  }

  #checkpoint(): Promise<void> {
    return this.#clock.save(() => this.options.onCheckpoint(this));
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
    const epoch = Math.ceil(this.#step / this.#plan.perEpoch);
    onProgress({ phase, epoch, epochs: recipe.epochs, done, total, wrong, checked });
  }
}
