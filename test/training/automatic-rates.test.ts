import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, loadDataset } from '#host/data/dataset';
import { UserError } from '#host/errors';
import { balancedRates, withAutomaticRates } from '#host/training/automatic-rates';
import { smallRecipe, temporaryFolder, writeSmallData } from './small-data.js';

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
});
