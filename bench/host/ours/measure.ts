/**
 * How fast our kernel trains, from the start or from a saved state: the same `--span` minibatches again and again until
 * the time is over, so that a faster machine does not measure other work.
 */
import { parseArgs } from 'node:util';
import { Helpers } from '#host/kernel/helpers';
import { type Check, type Measurement, speedOf } from '../measurement.js';
import { reportFailure } from '../report-failure.js';
import { Stopwatch } from '../stopwatch.js';
import { readNumber, readTask, recipeOf, type Task, taskFlags } from '../task.js';
import { createKernel, kernelFlags } from './kernel-flags.js';
import { loadState } from './state-file.js';
import { Training } from './training.js';

const options = {
  ...taskFlags,
  ...kernelFlags,
  /** A state that `prepare` saved. */
  from: { type: 'string' },
  /** Minibatches. */
  span: { type: 'string', default: '50' },
  /** The kernel's own counted. */
  threads: { type: 'string', default: '1' },
} as const;

interface Totals {
  samples: number;
  freeIterations: number;
  nudgedIterations: number;
}

await reportFailure(async () => {
  const { values } = parseArgs({ options });
  const task = readTask(values);
  const recipe = recipeOf(task);
  const kernel = createKernel(recipe, values);
  const helpers = await Helpers.start(kernel, readNumber('threads', values.threads));
  const training = await Training.open(recipe, kernel, values.dense);
  const initial = training.snapshot();
  const check = task.check > 0 ? checkFirst(training, task.check) : undefined;
  const start = values.from === undefined ? initial : loadState(values.from);
  const span = Math.max(1, readNumber('span', values.span));

  const trainFor = (seconds: number, watch: Stopwatch): Totals => {
    const totals = { samples: 0, freeIterations: 0, nudgedIterations: 0 };
    while (watch.seconds < seconds) {
      training.restore(start);
      watch.start();
      // Whole spans: a later minibatch may be slower than the first.
      for (let n = 0; n < span; n++) add(totals, training.trainNext());
      watch.stop();
    }
    return totals;
  };
  trainFor(task.warmUp, new Stopwatch());
  const watch = new Stopwatch();
  const { samples, freeIterations, nudgedIterations } = trainFor(task.seconds, watch);
  await helpers.close();
  const measurement: Measurement = {
    contender: 'ours',
    network: recipe.network,
    ...speedOf(samples, watch),
    freeIterations: samples > 0 ? freeIterations / samples : 0,
    nudgedIterations: samples > 0 ? nudgedIterations / samples : 0,
    digest: training.digest.toString(16).padStart(16, '0'),
    ...(check && { check }),
  };
  console.log(JSON.stringify(measurement));
});

function add(totals: Totals, trained: Totals): void {
  totals.samples += trained.samples;
  totals.freeIterations += trained.freeIterations;
  totals.nudgedIterations += trained.nudgedIterations;
}

function checkFirst(training: Training, minibatches: Task['check']): Check {
  let samples = 0;
  let wrong = 0;
  let cost = 0;
  for (let n = 0; n < minibatches; n++) {
    const trained = training.trainNext();
    samples += trained.samples;
    wrong += trained.wrong;
    cost += trained.cost;
  }
  return { minibatches, trainingError: wrong / samples, cost: cost / samples };
}
