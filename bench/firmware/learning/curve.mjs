/** A learning curve, as far as it is asked for. */
import { epochOrder } from '../../../dist/host/data/order.js';

/** Samples between two checks. */
export const CHECKED = 1000;

/** The samples' indices, minibatch after minibatch: each epoch in an order of its own, the same for all who learn. */
export function* minibatches(count, seed, minibatch) {
  for (let epoch = 0; ; epoch++) {
    const order = epochOrder(count, seed, epoch);
    for (let at = 0; at + minibatch <= count; at += minibatch) yield [...order.subarray(at, at + minibatch)];
  }
}

/** Tells if so many wrong are more than the mark allows, of all images there are. */
const exactly = (mark, count) => (wrong) => wrong > mark * count;

/**
 * Learns from initial weights, and checks every 1,000 samples, until all marks are reached or the schedule is over.
 * @param marks errors, fractions, the highest first
 * @param giveUp `worthwhile` of the samples so far and what was reached: whether to go on; `hopeless` of a mark and the
 * number of images: when a check is broken off
 * @returns for each mark the samples at the first check at or under it; nothing where there was none
 */
export async function learnTo(marks, learner, seed, plan, { training, checked }, giveUp = {}) {
  const { worthwhile = () => true, hopeless = exactly } = giveUp;
  const reached = marks.map(() => undefined);
  await learner.start(seed, plan);
  let samples = 0;
  for (const indices of minibatches(training.count, seed, learner.minibatch)) {
    learner.train(training, indices);
    samples += indices.length;
    if (samples % CHECKED === 0) {
      const open = reached.indexOf(undefined);
      const wrong = learner.wrong(checked, hopeless(marks[open], checked.count));
      for (let n = open; n < marks.length && wrong <= marks[n] * checked.count; n++) reached[n] = samples;
      if (!reached.includes(undefined) || !worthwhile(samples, reached)) break;
    }
    if (samples >= plan.length) break;
  }
  return reached;
}
