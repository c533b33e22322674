/** Evaluates what a run has learnt so far: on its validation images and on the test set. */
import type { Dataset } from '../data/index.js';
import type { Tensors } from '../endpoint/index.js';
import { evaluationIterations, parseRange, type Recipe } from '../model/index.js';
import type { Evaluation, PersistentStates } from '../records/index.js';
import type { ReferenceThread } from '../verification/index.js';
import { evaluate } from './evaluation.js';
import type { Learner } from './learner.js';
import { MinibatchSource } from './minibatch.js';

export interface ExaminerOptions {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** Whoever has the device's tensors nearest: a twin in step with it, or else the device. */
  readonly tensors: Tensors;
  /** Its thread trains the shadow and compares steps. */
  readonly reference: ReferenceThread;
  /** Train the reference on every minibatch too, its own weights beside the device's. */
  readonly shadow: boolean;
  /** When aborted, the run ends after the minibatches under way. */
  readonly signal: AbortSignal;
}

export interface Examination {
  /** Nothing where the set is empty: no share of it is wrong. */
  readonly evaluation?: Evaluation;
  readonly predictions: Uint8Array;
}

type Tell = (set: Evaluation['set'], done: number, total: number, wrong: number) => void;

export class Examiner {
  constructor(
    private readonly options: ExaminerOptions,
    private readonly learner: Learner,
    private readonly training: MinibatchSource,
    private readonly states: PersistentStates | undefined,
    private readonly tell: Tell,
  ) {}

  /** The error on the recipe's validation images, if it has any and the run is not interrupted. */
  async validate(start: Evaluation['start']): Promise<Evaluation | undefined> {
    const { validation } = this.options.recipe;
    if (validation === 'none') return undefined;
    const [from, to] = parseRange(validation);
    return (await this.#examine('validation', this.training, from, to, start))?.evaluation;
  }

  /** The error on the test set, from a zero start. Nothing if the run is interrupted. */
  test(): Promise<Examination | undefined> {
    const { dataset } = this.options;
    const source = new MinibatchSource(dataset.test, dataset.pixels);
    return this.#examine('test', source, 0, dataset.test.count, 'zero');
  }

  async #examine(
    set: Evaluation['set'],
    source: MinibatchSource,
    from: number,
    to: number,
    start: Evaluation['start'],
  ): Promise<Examination | undefined> {
    const { recipe, tensors, reference, shadow, signal } = this.options;
    const samples = to - from;
    const beside = shadow ? reference : undefined;
    const { wrong, referenceWrong, predictions } = await evaluate(this.learner, tensors, beside, {
      source,
      from,
      to,
      minibatch: recipe.minibatch,
      iterations: start === 'persistent' ? recipe['free-iterations'] : evaluationIterations(recipe),
      ...(start === 'persistent' && this.states && { states: this.states }),
      onProgress: (done, soFar) => this.tell(set, done, samples, soFar),
      signal,
    });
    if (signal.aborted) return undefined;
    if (samples === 0) return { predictions };
    const percent = (count: number) => (100 * count) / samples;
    const error = percent(wrong);
    const ofShadow = shadow && { referenceError: percent(referenceWrong) };
    return { predictions, evaluation: { set, start, samples, error, ...ofShadow } };
  }
}
