/** A contender's learning rate and schedule for each mark, chosen on validation images. */
import { learnTo } from './curve.mjs';

/** Seeds of initial weights and of orders, none of them measured later. */
const SEEDS = [101, 102, 103, 104];

/**
 * A plan must come to this share of the mark's error: the test set is not the validation set, and a schedule that ends
 * before the mark never comes there.
 */
const MARGIN = 0.9;

/** Images that are seen before a check may be given up. */
const LEAST = 200;

/** Tells of an error that is four standard deviations above the mark. */
const probably = (mark) => (wrong, seen) => seen >= LEAST && wrong > mark * seen + 4 * Math.sqrt(mark * seen);

/**
 * Chooses for each mark the plan that gets safely under it after the fewest samples, the slowest of four seeds counting.
 * @returns a plan a mark, with the samples it took (`validated`); nothing where none of the grid reaches it
 */
export async function choosePlans(learner, marks, grid, sets) {
  const best = marks.map(() => undefined);
  const beaten = (n, samples) => best[n] !== undefined && samples >= best[n].validated;
  for (const length of grid.lengths) {
    // A schedule twice as long as all that is needed is no candidate.
    if (marks.every((_, n) => beaten(n, length / 2))) break;
    for (const rate of grid.rates) {
      const plan = { rate, length };
      const slower = await slowest(learner, marks, plan, sets, beaten);
      marks.forEach((_, n) => {
        if (slower[n] !== undefined && !beaten(n, slower[n])) best[n] = { ...plan, validated: slower[n] };
      });
    }
  }
  return best;
}

/** Breaks off runs that cannot be the best any more. */
async function slowest(learner, marks, plan, sets, beaten) {
  const safely = marks.map((mark) => mark * MARGIN);
  let slower = marks.map(() => 0);
  for (const seed of SEEDS) {
    const possible = slower.map((samples, n) => samples !== undefined && !beaten(n, samples));
    if (!possible.includes(true)) break;
    const worthwhile = (samples, reached) =>
      marks.some((_, n) => reached[n] === undefined && possible[n] && !beaten(n, samples));
    const reached = await learnTo(safely, learner, seed, plan, sets, { worthwhile, hopeless: probably });
    slower = slower.map((samples, n) =>
      possible[n] && reached[n] !== undefined ? Math.max(samples, reached[n]) : undefined,
    );
  }
  return slower;
}
