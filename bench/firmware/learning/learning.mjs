/** Measures the cost of learning: samples to each mark on this computer, instructions a sample on the cores. */

import { loadDataset, split } from '../../../dist/host/data/index.js';
import { spread } from '../../../dist/host/ground/spread.js';
import { choosePlans } from './choose.mjs';
import { LENGTHS } from './contenders.mjs';
import { countOn, recordMoments } from './cost.mjs';
import { learnTo } from './curve.mjs';

/** Test errors, fractions. */
export const MARKS = [0.1, 0.05, 0.03];
/** Training images that plans are chosen on, and validation images after them. */
const CHOSEN_ON = 50_000;

/** Ways to measure. */
const whole = { marks: MARKS, seeds: 5 };
/** Shows that all works, by a plan that nobody chose. */
const quick = { marks: [MARKS[0]], seeds: 1, counting: { moments: 1, minibatches: 1 }, length: 10_000 };

/** Samples that are counted at a moment, at least. */
const LEAST_COUNTED = 10;

/**
 * Chooses and measures the plans of a contender at one size of minibatch.
 * @param isQuick shows that all works; `seedCount` replaces the way's number of seeds; `isPortable` leaves
 * out the cores' own forms of the kernel's primitives
 * @param say told what is done
 */
export async function measureLearning(contender, minibatch, cores, { isQuick, seedCount, isPortable }, say) {
  const way = isQuick ? quick : whole;
  const seeds = Array.from({ length: seedCount ?? way.seeds }, (_, n) => n + 1);
  const { training, test } = await loadDataset();
  const learner = await contender.learner.open(contender, minibatch);
  const named = `${contender.name}, minibatch ${minibatch}`;
  say(`${named}: choosing`);
  const plans = await plansOf(contender.chosenBy ?? contender, minibatch, training, way);
  const counting = way.counting ?? contender.counting ?? contender.learner.counting;
  const costOn = async (core, plan, until) => {
    say(`${named}: counting on ${core.name}`);
    const minibatches = Math.min(counting.minibatches, core.minibatches ?? Infinity);
    const recorded = await recordMoments(learner, seeds[0], plan, training, {
      first: until,
      moments: counting.moments,
      counted: Math.max(minibatches * minibatch, LEAST_COUNTED),
    });
    return countOn(core, contender, minibatch, recorded, { forms: !isPortable });
  };
  const marks = [];
  for (const [n, error] of way.marks.entries()) {
    say(`${named}: learning to ${error * 100} %`);
    const plan = plans[n];
    const samples = await samplesTo(error, learner, plan, seeds, { training, checked: test });
    const isReached = samples.length > 0 && !samples.includes(null);
    const costs = [];
    for (const core of isReached ? cores : []) {
      const cost = await costOn(core, plan, spread(samples).mean);
      if (cost !== undefined) costs.push(cost);
    }
    marks.push({ error, plan, samples, costs });
  }
  return { contender: contender.id, name: contender.name, minibatch, moments: counting.moments, marks };
}

async function plansOf(contender, minibatch, training, { marks, length }) {
  const rates = contender.rates[minibatch];
  if (length !== undefined) return [{ rate: rates[1], length }];
  const learner = await contender.learner.open(contender, minibatch);
  const sets = {
    training: split(training, 0, CHOSEN_ON),
    checked: split(training, CHOSEN_ON, training.count),
  };
  return choosePlans(learner, marks, { lengths: LENGTHS, rates }, sets);
}

/** Learns once for each seed; null where the schedule was over before the mark. */
async function samplesTo(error, learner, plan, seeds, sets) {
  if (plan === undefined) return [];
  const samples = [];
  for (const seed of seeds) samples.push((await learnTo([error], learner, seed, plan, sets))[0] ?? null);
  return samples;
}
