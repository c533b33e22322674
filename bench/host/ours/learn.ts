/**
 * Trains until the training error is low enough, and tells the curve: the error of each minibatch counts after its free
 * phase, before its update, and is averaged over the last whole epoch of images seen.
 */
import { parseArgs } from 'node:util';
import { type CurvePoint, type Measurement, speedOf } from '../measurement.js';
import { reportFailure } from '../report-failure.js';
import { Stopwatch } from '../stopwatch.js';
import { readNumber, readTask, recipeOf, TRAINING_IMAGES, taskFlags } from '../task.js';
import { createKernel, kernelFlags } from './kernel-flags.js';
import { Training } from './training.js';

const options = {
  ...taskFlags,
  ...kernelFlags,
  /** The training error, a fraction, to stop below. */
  until: { type: 'string', default: '0.02' },
  /** Samples a point of the curve. */
  window: { type: 'string', default: '5000' },
  /** Samples after which to stop whatever was learnt; else the recipe's epochs. */
  samples: { type: 'string' },
} as const;

await reportFailure(async () => {
  const { values } = parseArgs({ options });
  const recipe = recipeOf(readTask(values));
  const until = readNumber('until', values.until);
  const window = readNumber('window', values.window);
  const most =
    values.samples === undefined ? recipe.epochs * TRAINING_IMAGES : readNumber('samples', values.samples);
  const training = await Training.open(recipe, createKernel(recipe, values), values.dense);

  const wrongOf: number[] = [];
  const epoch = Math.floor(TRAINING_IMAGES / recipe.minibatch);
  const curve: CurvePoint[] = [];
  let reached: CurvePoint | null = null;
  let [samples, wrongInEpoch, wrongInWindow, windowFrom] = [0, 0, 0, 0];
  let [freeIterations, nudgedIterations] = [0, 0];
  const watch = new Stopwatch();
  watch.start();
  while (samples < most && !reached) {
    const trained = training.trainNext();
    samples += trained.samples;
    freeIterations += trained.freeIterations;
    nudgedIterations += trained.nudgedIterations;
    wrongOf.push(trained.wrong);
    wrongInEpoch += trained.wrong - (wrongOf[wrongOf.length - 1 - epoch] ?? 0);
    wrongInWindow += trained.wrong;
    const { cpuSeconds } = watch;
    if (samples - windowFrom >= window) {
      curve.push({ samples, trainingError: wrongInWindow / (samples - windowFrom), cpuSeconds });
      [windowFrom, wrongInWindow] = [samples, 0];
    }
    const trainingError = wrongInEpoch / (epoch * recipe.minibatch);
    if (wrongOf.length >= epoch && trainingError < until) reached = { samples, trainingError, cpuSeconds };
  }
  watch.stop();
  const measurement: Measurement = {
    contender: 'ours',
    network: recipe.network,
    ...speedOf(samples, watch),
    freeIterations: freeIterations / samples,
    nudgedIterations: nudgedIterations / samples,
    curve,
    reached,
  };
  console.log(JSON.stringify(measurement));
});
