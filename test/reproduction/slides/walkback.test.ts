/** Variational walkback against sums over all pictures, and its gradient against differences. */
import { describe, expect, test } from 'vitest';
import { Draws } from '#host/reproduction/draws';
import { logProbability, TransitionOperator } from '#host/reproduction/slides/transition-operator';
import { boundOf, ladderOf, learnBack, walkFrom } from '#host/reproduction/slides/walk';

const PIXELS = 3;
const ladder = ladderOf(2, 1.7);
const all = Array.from({ length: 2 ** PIXELS }, (_, n) =>
  Uint8Array.from({ length: PIXELS }, (_pixel, i) => (n >> i) & 1),
);
/** Some way from its first weights. */
function operatorOf(seed: number): TransitionOperator {
  const operator = new TransitionOperator(PIXELS, 4, new Draws(seed, 1));
  const draws = new Draws(seed, 2);
  for (let n = 0; n < 300; n++)
    learnBack(operator, walkFrom(operator, all[n % 3], ladder, true, draws), ladder);
  return operator;
}

test('temperatures rise', () => {
  expect(ladderOf(3, 1.5)).toEqual([1, 1.5, 2.25]);
});

test('probabilities of all pictures add up to one', () => {
  const operator = operatorOf(1);
  for (const from of all) {
    const probabilities = operator.probabilities(from, 1.7);
    expect(all.reduce((sum, to) => sum + Math.exp(logProbability(to, probabilities)), 0)).toBeCloseTo(1, 12);
  }
});

describe.each([1, 2, 3])('seed %i', (seed) => {
  const operator = operatorOf(seed);
  const given = (to: Uint8Array, from: Uint8Array, temperature: number) =>
    Math.exp(logProbability(to, operator.probabilities(from, temperature)));

  test('weighed by how likely they are, all walks from a picture come to its likelihood, and their bounds lie below its logarithm', () => {
    let whole = 0;
    for (const picture of all) {
      // The generating chain, summed over all that it may pass through.
      let likelihood = 0;
      let weighed = 0;
      let bound = 0;
      for (const near of all)
        for (const far of all) {
          likelihood += 2 ** -PIXELS * given(near, far, ladder[1]) * given(picture, near, ladder[0]);
          const walked = given(near, picture, ladder[0]) * given(far, near, ladder[1]);
          const one = boundOf(operator, [picture, near, far], ladder);
          weighed += walked * Math.exp(one);
          bound += walked * one;
        }
      expect(weighed).toBeCloseTo(likelihood, 12);
      expect(bound).toBeLessThanOrEqual(Math.log(likelihood));
      whole += likelihood;
    }
    expect(whole).toBeCloseTo(1, 12);
  });

  test('learning makes what it walked from likelier', () => {
    const [learnt, other] = [all[1], all[6]];
    const before = new TransitionOperator(PIXELS, 4, new Draws(seed, 1));
    const mean = (of: TransitionOperator, picture: Uint8Array) => {
      const draws = new Draws(7, 7);
      const bounds = Array.from({ length: 400 }, () =>
        boundOf(of, walkFrom(of, picture, ladder, true, draws), ladder),
      );
      return bounds.reduce((sum, one) => sum + one, 0) / bounds.length;
    };
    expect(mean(operator, learnt)).toBeGreaterThan(mean(before, learnt));
    expect(mean(operator, learnt)).toBeGreaterThan(mean(operator, other));
  });
});

test('the gradient’s logarithm is that of the probabilities, and one step along it makes the next picture likelier', () => {
  const operator = new TransitionOperator(PIXELS, 4, new Draws(5, 1));
  const [from, to] = [all[3], all[5]];
  const before = logProbability(to, operator.probabilities(from, 1.3));
  expect(operator.addGradient(from, to, 1.3)).toBeCloseTo(before, 12);
  operator.update();
  const after = logProbability(to, operator.probabilities(from, 1.3));
  expect(after).toBeGreaterThan(before);
  // The sum is gone: nothing new leaves Adam its momentum alone, which dies away.
  for (let n = 0; n < 300; n++) operator.update();
  const rested = logProbability(to, operator.probabilities(from, 1.3));
  operator.update();
  expect(logProbability(to, operator.probabilities(from, 1.3))).toBeCloseTo(rested, 9);
});
