import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/index';
import { UserError } from '#host/ground/index';
import { pictured, realRates, roundedDynamics, seenAt } from '#host/model/index';
import { trainMinibatch } from '#host/reference/index';
import { balancedRates, ratesForUpdates, withAutomaticRates } from '#host/training/automatic-rates';
import { gather } from '#host/training/minibatch';
import { MinibatchPlan } from '#host/training/minibatch-plan';
import { initialReference } from '#host/verification/index';
import { smallRecipe, temporaryFolder, writeSmallData } from '../runs/small-data.js';

const folder = temporaryFolder();
let dataset: Dataset;
beforeAll(async () => {
  writeSmallData(folder.path);
  dataset = await loadDataset(folder.path);
});
afterAll(() => folder.remove());

describe('rates by the rule of relative updates', () => {
  test('by hand: a connection that changes four times as much learns at a quarter of the rate', () => {
    expect(balancedRates(0.1, [0.02, 0.08, 0.003])).toEqual([0.1, 0.025, 0.667]);
  });

  test('the first rate is the one that was given, all of its digits', () => {
    expect(balancedRates(0.123456, [1, 2])).toEqual([0.123456, 0.0617]);
  });

  test('a connection that never changes has no such rate', () => {
    expect(() => balancedRates(0.1, [0.02, 0])).toThrow(UserError);
    expect(() => balancedRates(0.1, [0.02, 0])).toThrow(/connection 2/);
  });

  test('the recipe is measured at its initial weights, whatever its own rates, the same every time', () => {
    const recipe = smallRecipe({ rates: [0.5, 0.5] });
    const automatic = withAutomaticRates(recipe, 0.2, dataset);
    expect(automatic).toEqual({ ...recipe, rates: [0.2, expect.any(Number)] });
    expect(automatic.rates[1]).toBe(Number(automatic.rates[1].toPrecision(3)));
    expect(withAutomaticRates(smallRecipe({ rates: [1, 0] }), 0.2, dataset).rates).toEqual(automatic.rates);
    // Doubling the first rate doubles all, up to the rounding to three digits.
    expect(withAutomaticRates(recipe, 0.4, dataset).rates[1] / automatic.rates[1]).toBeCloseTo(2, 1);
  });

  test.each([
    ['every unit sees all of it', {}],
    ['units see a window each', { 'receptive-fields': '2..3' }],
    ['pixels are dropped', { 'input-dropout': 0.5 }],
    ['images are shifted', { shift: 3 }],
  ])('the first minibatch changes each connection as much, relative to its weights, where %s', (_, changes) => {
    // An epoch of one minibatch: what is measured is what the first step of the run changes.
    const given = smallRecipe({ ...changes, training: '0..16', epochs: 1 });
    const recipe = withAutomaticRates(given, 0.2, dataset);
    const network = initialReference(pictured(recipe, dataset));
    const before = network.clone();
    const plan = new MinibatchPlan(recipe);
    const indices = plan.examplesOf(0);
    const batch = seenAt(gather(dataset.training, dataset.pixels, indices), recipe, 0);
    const rates = plan.ratesOf(0, indices.length);
    trainMinibatch(network, roundedDynamics(recipe), batch, rates.nudging, realRates(rates));
    const [first, second] = network.weights.map((matrix, k) => {
      const old = before.weights[k];
      return Math.hypot(...matrix.map((weight, i) => weight - old[i])) / Math.hypot(...old);
    });
    // Rates of three digits are off by half a hundredth at most; gains are rounded far more finely.
    expect(Math.abs(first / second - 1)).toBeLessThan(0.006);
  });

  test.each([
    'positive',
    'centered',
    'clamped',
  ])('a share of the weights is what is changed, %s', (nudging) => {
    const given = smallRecipe({ nudging, beta: 0.25, training: '0..16', epochs: 1 });
    const recipe = { ...given, rates: ratesForUpdates(given, 0.03, dataset) };
    const network = initialReference(pictured(recipe, dataset));
    const before = network.clone();
    const plan = new MinibatchPlan(recipe);
    const rates = plan.ratesOf(0, 16);
    trainMinibatch(
      network,
      roundedDynamics(recipe),
      plan.batchOf(0, dataset),
      rates.nudging,
      realRates(rates),
    );
    network.weights.forEach((matrix, k) => {
      const change = matrix.map((weight, i) => weight - before.weights[k][i]);
      expect(Math.hypot(...change) / Math.hypot(...before.weights[k])).toBeCloseTo(0.03, 3);
    });
  });
});
