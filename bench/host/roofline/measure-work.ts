/**
 * Counts and times the work of `--span` minibatches, the same as ours/measure.js measures: again and again until the time
 * is over, and of each the fastest.
 */
import { parseArgs } from 'node:util';
import { loadState } from '../ours/state-file.js';
import { Training } from '../ours/training.js';
import { reportFailure } from '../report-failure.js';
import { Stopwatch } from '../stopwatch.js';
import { readNumber, readTask, recipeOf, taskFlags } from '../task.js';
import { countingModule, type Form } from './build.js';
import { CountingKernel, type PhaseWork } from './counting-kernel.js';
import { eachPhase, type Phase, sumOf } from './phases.js';
import type { CountedWork } from './work.js';

type MinibatchWork = Readonly<Record<Phase, PhaseWork>>;

const options = {
  ...taskFlags,
  form: { type: 'string', default: 'host' },
  from: { type: 'string' },
  span: { type: 'string', default: '50' },
} as const;

await reportFailure(async () => {
  const { values } = parseArgs({ options });
  const task = readTask(values);
  const span = Math.max(1, readNumber('span', values.span));
  const kernel = new CountingKernel(countingModule[values.form as Form]);
  const recipe = recipeOf(task);
  const training = await Training.open(recipe, kernel);
  const start = values.from === undefined ? training.snapshot() : loadState(values.from);

  const best: (MinibatchWork | undefined)[] = Array(span);
  const trainFor = (seconds: number, watch: Stopwatch): number => {
    let samples = 0;
    while (watch.seconds < seconds) {
      training.restore(start);
      watch.start();
      for (let n = 0; n < span; n++) {
        const before = kernel.work();
        kernel.startClock();
        samples += training.trainNext().samples;
        kernel.stopClock();
        const work = difference(kernel.work(), before);
        // The same work whenever it is done: whatever disturbs only makes it slower.
        if (timeOf(work) < timeOf(best[n])) best[n] = work;
      }
      watch.stop();
    }
    return samples;
  };
  trainFor(task.warmUp, new Stopwatch());
  kernel.calibrate();
  best.fill(undefined);
  const watch = new Stopwatch();
  const samples = trainFor(task.seconds, watch);
  const samplesOfSpan = span * recipe.minibatch;
  const counted: CountedWork = {
    samplesPerCpuSecond: samples / watch.cpuSeconds,
    digest: training.digest.toString(16).padStart(16, '0'),
    phases: eachPhase((phase) => {
      const mean = (what: keyof PhaseWork) =>
        best.reduce((sum, work) => sum + (work?.[phase][what] ?? 0), 0) / samplesOfSpan;
      return {
        products: mean('products'),
        changes: mean('changes'),
        milliseconds: Math.max(0, mean('milliseconds')),
      };
    }),
  };
  console.log(JSON.stringify(counted));
});

function difference(after: MinibatchWork, before: MinibatchWork): MinibatchWork {
  return eachPhase((phase) => ({
    products: after[phase].products - before[phase].products,
    changes: after[phase].changes - before[phase].changes,
    milliseconds: after[phase].milliseconds - before[phase].milliseconds,
  }));
}

function timeOf(work: MinibatchWork | undefined): number {
  return work ? sumOf(eachPhase((phase) => work[phase].milliseconds)) : Number.POSITIVE_INFINITY;
}
