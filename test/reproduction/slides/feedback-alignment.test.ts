/** Errors that return by other matrices, beside what a pencil finds: x = h = y = 1, w = v = 1, target 0. */
import { describe, expect, test } from 'vitest';
import { Chain, linear } from '#host/reproduction/slides/chain';
import { FeedbackLearner } from '#host/reproduction/slides/feedback-alignment';

const zero = () => Float64Array.of(0);
const one = () => Float64Array.of(1);

function learnt(back: 'weights' | 'fixed' | 'learnt', decay: number) {
  const chain = new Chain([1, 1, 1], [one(), one()], [zero(), zero()], [linear, linear]);
  const learner = new FeedbackLearner(chain, { back, decay }, 1);
  // The way back of the upper weight.
  if (back !== 'weights') learner.back[1][0] = -2;
  learner.learn(one(), zero(), 0.1);
  return { weights: chain.weights.map(([weight]) => weight), back: learner.back[1][0], learner };
}

describe('a step of .1', () => {
  test('by the weights: both fall by .1', () => {
    const { weights } = learnt('weights', 0);
    expect(weights[0]).toBeCloseTo(0.9, 15);
    expect(weights[1]).toBeCloseTo(0.9, 15);
  });

  test('by a way back of −2: the lower one rises by .2', () => {
    const { weights, back, learner } = learnt('fixed', 0);
    expect(weights[0]).toBeCloseTo(1.2, 15);
    expect(weights[1]).toBeCloseTo(0.9, 15);
    expect(back).toBe(-2);
    expect(learner.alignment()).toEqual([-1]);
    expect(learner.besideGradient(one(), zero())).toBe(-1);
  });

  test('a way back that learns changes as the weight does; decay shrinks both first', () => {
    expect(learnt('learnt', 0).back).toBeCloseTo(-2.1, 15);
    const { weights, back } = learnt('learnt', 1);
    expect(weights[1]).toBeCloseTo(0.9 - 0.1, 15);
    expect(back).toBeCloseTo(-1.8 - 0.1, 15);
  });
});
