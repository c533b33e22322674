/** What learning costs: samples to each mark on this computer, instructions a sample on the cores. */
import { loadDataset, split } from '../../../dist/host/data/dataset.js';
import { choosePlans } from './choose.mjs';
import { LENGTHS } from './contenders.mjs';
import { countOn, recordMoments } from './cost.mjs';
import { learnTo } from './curve.mjs';

/** Test errors, fractions. */
export const MARKS = [0.1, 0.05, 0.03];
const SEEDS = [1, 2, 3, 4, 5];
/** Training images that plans are chosen on, and validation images after them. */
const CHOSEN_ON = 50_000;
/** Samples that costs are counted in, moments among them, and minibatches counted at each. */
const COUNTED = { first: 20_000, moments: 20, minibatches: 3 };

/**
 * A contender at one size of minibatch, its plans chosen and measured.
 * @param say told what is done
 */
export async function measureLearning(contender, minibatch, cores, say) {
  const { training, test } = await loadDataset();
  const learner = await contender.learner.open(contender, minibatch);
  const named = `${contender.name}, minibatch ${minibatch}`;
  say(`${named}: choosing`);
  const plans = await choosePlans(
    learner,
    MARKS,
    { lengths: LENGTHS, rates: contender.rates[minibatch] },
    { training: split(training, 0, CHOSEN_ON), checked: split(training, CHOSEN_ON, training.count) },
  );
  const marks = [];
  for (const [n, error] of MARKS.entries()) {
    say(`${named}: learning to ${error * 100} %`);
    marks.push({ error, ...(await measureMark(learner, error, plans[n], { training, checked: test })) });
  }
  // Costs are those of the way to the middle mark, whichever of the marks has a plan.
  const plan = plans[1] ?? plans.find((each) => each !== undefined);
  const moments = contender.steady ? 1 : COUNTED.moments;
  const recorded = await recordMoments(learner, SEEDS[0], plan, training, {
    first: COUNTED.first,
    moments,
    counted: COUNTED.minibatches * minibatch,
  });
  const costs = [];
  for (const core of cores) {
    say(`${named}: counting on ${core.name}`);
    const cost = await countOn(core, contender, minibatch, recorded);
    if (cost !== undefined) costs.push(cost);
  }
  return { contender: contender.id, name: contender.name, minibatch, marks, moments, costs };
}

async function measureMark(learner, error, plan, sets) {
  if (plan === undefined) return { samples: [] };
  const { rate, length, samples: validated } = plan;
  const samples = [];
  for (const seed of SEEDS) samples.push((await learnTo([error], learner, seed, plan, sets))[0] ?? null);
  return { plan: { rate, length, validated }, samples };
}
