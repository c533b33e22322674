/** The yardstick's thread: trains by backpropagation, epoch by epoch. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Dataset, type Samples, split } from '../../data/index.js';
import { glorotLimit, graphOf, parseRange, type Recipe } from '../../model/index.js';
import { ReferenceNetwork } from '../../reference/index.js';
import { gather, MinibatchPlan } from '../../training/index.js';
import type { RealParameters } from '../../verification/index.js';
import { Backpropagation } from './backpropagation.js';

export interface YardstickOptions {
  /** Sizes, seed, minibatches and their order are the recipe's. */
  readonly recipe: Recipe;
  readonly rate: number;
  readonly dataset: Dataset;
  /** Where training goes on; else at Glorot's initial weights. */
  readonly parameters?: RealParameters;
}

export interface YardstickTask {
  /** Counted from 0. */
  readonly epoch: number;
  /** The last one ends with the test set. */
  readonly isLast: boolean;
}

/** Errors in percent. */
export interface YardstickEpoch {
  /** Counted from 1. */
  readonly epoch: number;
  /** Counted before each minibatch's step, as the device's is. */
  readonly trainingError: number;
  readonly validationError: number;
  readonly testError?: number;
  readonly parameters: RealParameters;
}

/** Glorot's, drawn as the recipe's own are. */
function initialParameters(recipe: Recipe): RealParameters {
  const graph = graphOf(recipe);
  const limits = graph.connections.map(({ map }) => glorotLimit(...map.fan));
  return ReferenceNetwork.initial(graph, recipe.seed, limits);
}

class Yardstick {
  readonly #plan: MinibatchPlan;
  readonly #learner: Backpropagation;
  readonly #validation: Samples;

  constructor(private readonly options: YardstickOptions) {
    const { recipe, dataset, parameters } = options;
    const sizes = graphOf(recipe).layers.map(({ units }) => units);
    this.#plan = new MinibatchPlan(recipe);
    const { weights, biases } = parameters ?? initialParameters(recipe);
    this.#learner = new Backpropagation({ sizes, weights, biases });
    this.#validation = split(dataset.training, ...parseRange(recipe.validation));
  }

  run({ epoch, isLast }: YardstickTask): YardstickEpoch {
    const { perEpoch, examples } = this.#plan;
    const { rate, dataset } = this.options;
    const { training, pixels } = dataset;
    let wrong = 0;
    for (let step = epoch * perEpoch; step < (epoch + 1) * perEpoch; step++)
      wrong += this.#learner.train(gather(training, pixels, this.#plan.examplesOf(step)), rate);
    const { weights, biases } = this.#learner.network;
    return {
      epoch: epoch + 1,
      trainingError: (100 * wrong) / examples,
      validationError: this.#error(this.#validation),
      ...(isLast && { testError: this.#error(dataset.test) }),
      parameters: { weights, biases },
    };
  }

  #error(samples: Samples): number {
    return (100 * this.#learner.wrong(samples)) / samples.count;
  }
}

const port = parentPort;
if (port) {
  const yardstick = new Yardstick(workerData as YardstickOptions);
  port.on('message', (task: YardstickTask) => port.postMessage(yardstick.run(task)));
}
