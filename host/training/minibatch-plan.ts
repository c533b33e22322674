/** Which examples and which rates each minibatch of a run has: the recipe and the step alone decide. */
import { type Dataset, epochOrder, identityOrder } from '../data/index.js';
import { parseRange, type Recipe, ratesAt, type StepRates, seenAt } from '../model/index.js';
import { gather } from './minibatch.js';

export class MinibatchPlan {
  /** Examples of an epoch. */
  readonly examples: number;
  /** Minibatches of an epoch, the last one perhaps cut short. */
  readonly perEpoch: number;
  /** Minibatches of the run. */
  readonly steps: number;
  readonly #from: number;
  #order: { readonly epoch: number; readonly examples: Uint32Array } | undefined;

  /** @param recipe pictured, for `batchOf` */
  constructor(private readonly recipe: Recipe) {
    const [from, to] = parseRange(recipe.training);
    this.#from = from;
    this.examples = to - from;
    this.perEpoch = Math.ceil(this.examples / recipe.minibatch);
    this.steps = this.perEpoch * recipe.epochs;
  }

  /** Indices into the data set. */
  examplesOf(step: number): Uint32Array {
    const { minibatch } = this.recipe;
    const epoch = Math.floor(step / this.perEpoch);
    if (this.#order?.epoch !== epoch) this.#order = { epoch, examples: this.#orderOf(epoch) };
    const at = (step - epoch * this.perEpoch) * minibatch;
    return this.#order.examples.slice(at, at + minibatch).map((example) => this.#from + example);
  }

  /** A step's minibatch, as the network sees it. */
  batchOf(step: number, { training, pixels }: Dataset) {
    return seenAt(gather(training, pixels, this.examplesOf(step)), this.recipe, step);
  }

  /** @param samples of that minibatch */
  ratesOf(step: number, samples: number): StepRates {
    return ratesAt(this.recipe, step, this.perEpoch, samples);
  }

  #orderOf(epoch: number): Uint32Array {
    const { shuffle, seed } = this.recipe;
    return shuffle ? epochOrder(this.examples, seed, epoch) : identityOrder(this.examples);
  }
}
