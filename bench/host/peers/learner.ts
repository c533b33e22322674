/** Common ground of the floating-point peers: the authors' recipe, minibatch after minibatch. */
import { loadDataset } from '#host/data/index';
import { UserError } from '#host/ground/errors';
import { graphOf } from '#host/model/graph';
import { nudgeOf, type Recipe } from '#host/model/recipe';
import { ratesAt } from '#host/model/requests';
import { initialReference } from '#host/verification/reference-of';
import { type Check, type Measurement, speedOf } from '../measurement.js';
import { Stopwatch } from '../stopwatch.js';
import { recipeOf, type Task, TRAINING_IMAGES } from '../task.js';

/** A network in float32 and its training. Each example's states are kept where its next free phase starts. */
export interface Learner {
  /**
   * @param index which minibatch of the epoch
   * @param images minibatch · pixels rates of the input
   * @param targets minibatch · outputs, one-hot
   * @param nudge β of C = ½‖y − t‖², with its sign
   * @returns minibatch · outputs free states
   */
  train(index: number, images: Float32Array, targets: Float32Array, nudge: number): Float32Array;
}

export interface LearnerOptions {
  readonly sizes: readonly number[];
  readonly minibatch: number;
  readonly minibatches: number;
  readonly epsilon: number;
  readonly freeIterations: number;
  readonly nudgedIterations: number;
  /** α_k / (β B) · β of C = ½‖y − t‖²: divided by the signed nudge it is the factor of the contrast. */
  readonly strengths: readonly number[];
  /** Row-major [pre][post], the same as ours starts from; biases start at zero. */
  readonly weights: readonly Float32Array[];
}

const PIXEL_RATE = 1 / 256;

function describe(recipe: Recipe): LearnerOptions {
  const { minibatch, start, relaxation, nudging, schedule } = recipe;
  if (
    start !== 'persistent' ||
    relaxation !== 'euler' ||
    nudging !== 'random-sign' ||
    schedule !== 'constant'
  )
    throw new UserError(
      'the peers know the authors’ recipe alone: euler, persistent states, random sign, constant rates',
      'use one of the presets paper-1, paper-2, paper-3',
    );
  const sizes = graphOf(recipe).layers.map(({ units }) => units);
  const { weights } = initialReference(recipe);
  return {
    sizes,
    minibatch,
    minibatches: Math.floor(TRAINING_IMAGES / minibatch),
    epsilon: recipe.epsilon,
    freeIterations: recipe['free-iterations'],
    nudgedIterations: recipe['nudged-iterations'],
    strengths: recipe.rates.map((rate) => (rate * nudgeOf(recipe)) / (recipe.beta * minibatch)),
    weights: weights.map((matrix) => Float32Array.from(matrix)),
  };
}

/** Does the task: checks, warms up, measures. */
export async function runLearner(
  contender: string,
  task: Task,
  create: (options: LearnerOptions) => Learner,
): Promise<Measurement> {
  const recipe = recipeOf(task);
  const options = describe(recipe);
  const { sizes, minibatch } = options;
  const { pixels, training } = await loadDataset();
  const outputs = sizes[sizes.length - 1];
  const images = new Float32Array(minibatch * pixels);
  const targets = new Float32Array(minibatch * outputs);
  const learner = create(options);
  let step = 0;

  const trainNext = (): Float32Array => {
    const index = step % options.minibatches;
    const first = index * minibatch;
    const bytes = training.images.subarray(first * pixels, (first + minibatch) * pixels);
    for (let at = 0; at < bytes.length; at++) images[at] = bytes[at] * PIXEL_RATE;
    targets.fill(0);
    for (let n = 0; n < minibatch; n++) targets[n * outputs + training.labels[first + n]] = 1;
    const positive = ratesAt(recipe, step++, options.minibatches, minibatch).nudging === 'positive';
    return learner.train(index, images, targets, positive ? nudgeOf(recipe) : -nudgeOf(recipe));
  };

  const check = task.check > 0 ? checkFirst(task.check, trainNext, targets, outputs) : undefined;
  const trainFor = (seconds: number, watch: Stopwatch): number => {
    const before = step;
    watch.start();
    while (watch.seconds < seconds) trainNext();
    watch.stop();
    return (step - before) * minibatch;
  };
  trainFor(task.warmUp, new Stopwatch());
  const watch = new Stopwatch();
  const samples = trainFor(task.seconds, watch);
  return {
    contender,
    network: recipe.network,
    ...speedOf(samples, watch),
    freeIterations: options.freeIterations,
    nudgedIterations: options.nudgedIterations,
    ...(check && { check }),
  };
}

/** Trains on the first minibatches and tells how well they were predicted. */
function checkFirst(
  minibatches: number,
  trainNext: () => Float32Array,
  targets: Float32Array,
  outputs: number,
): Check {
  let wrong = 0;
  let cost = 0;
  for (let n = 0; n < minibatches; n++) {
    const free = trainNext();
    for (let from = 0; from < free.length; from += outputs) {
      const sample = free.subarray(from, from + outputs);
      const target = targets.subarray(from, from + outputs);
      if (highest(sample) !== highest(target)) wrong++;
      cost += sample.reduce((sum, y, at) => sum + (y - target[at]) ** 2, 0);
    }
  }
  const samples = (minibatches * targets.length) / outputs;
  return { minibatches, trainingError: wrong / samples, cost: cost / samples };
}

function highest(values: Float32Array): number {
  return values.reduce((best, value, at) => (value > values[best] ? at : best), 0);
}
