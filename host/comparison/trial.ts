/** Recipes tried on a twin alone before anything is run: do their first weights have headroom, how long minibatches take. */
import type { Dataset } from '../data/index.js';
import { readParameters } from '../endpoint/index.js';
import { reasonOf, UserError } from '../ground/index.js';
import { Twin } from '../kernel/index.js';
import type { NetworkParameters, Storage } from '../model/index.js';
import { evaluationIterations, formatsOf, pictured, type Recipe } from '../model/index.js';
import { HeadroomWatch, Learner, MinibatchPlan, MinibatchSource, requireFit } from '../training/index.js';
import { settledPace } from './pace.js';

/** Milliseconds a minibatch. */
export interface Pace {
  readonly training: number;
  readonly evaluation: number;
}

export class Trial {
  readonly #twins = new Map<Storage, Twin>();

  constructor(private readonly dataset: Dataset) {}

  /** Why the recipe cannot begin: it does not fit the data, or a drive of its first weights could leave its range. */
  async objection(recipe: Recipe): Promise<string | undefined> {
    try {
      requireFit(recipe, this.dataset);
      new HeadroomWatch(pictured(recipe, this.dataset)).require(await this.initialParameters(recipe));
      return undefined;
    } catch (error) {
      if (error instanceof UserError) return reasonOf(error);
      throw error;
    }
  }

  /** The weights that the recipe begins with, as a device draws them. */
  async initialParameters(recipe: Recipe): Promise<NetworkParameters> {
    const learner = await this.#begin(recipe);
    const { storage } = learner.formats;
    return readParameters(this.#twinOf(storage), learner.graph, storage);
  }

  /**
   * Measures the pace of minibatches from the run's beginning.
   * @param budget milliseconds
   */
  async pace(recipe: Recipe, budget: number): Promise<Pace> {
    const learner = await this.#begin(recipe);
    const source = new MinibatchSource(this.dataset.training, this.dataset.pixels);
    const plan = new MinibatchPlan(recipe);
    const stage = async (step: number) => {
      const indices = plan.examplesOf(step);
      await learner.stage(source.take(indices));
      return indices.length;
    };
    const train = async (step: number) => {
      const samples = await stage(step);
      await learner.train(step, samples, plan.ratesOf(step, samples));
    };
    const evaluate = async (step: number) =>
      learner.evaluate(await stage(step), evaluationIterations(recipe));
    return {
      training: await settledPace(train, plan.steps, (3 * budget) / 4),
      evaluation: await settledPace(evaluate, plan.steps, budget / 4),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#twins.values()].map((twin) => twin.close()));
  }

  #twinOf(storage: Storage): Twin {
    const twin = this.#twins.get(storage) ?? new Twin({ storage });
    this.#twins.set(storage, twin);
    return twin;
  }

  async #begin(recipe: Recipe): Promise<Learner> {
    const learner = new Learner(this.#twinOf(formatsOf(recipe).storage), pictured(recipe, this.dataset));
    await learner.configure();
    await learner.initialise();
    return learner;
  }
}
