import { describe, expect, test } from 'vitest';
import { UserError } from '#host/errors';
import { paperNetworks } from '#host/reproduction/paper';
import { planNetworks, presetOf, recipeOfNetwork, requireNetwork } from '#host/reproduction/plan';
import { readPreset } from '#host/training/presets';

const settings = { form: 'quick', relaxation: 'paper', seed: 3, images: 200 } as const;

describe('a plan', () => {
  test("the presets are the program's recipe", () => {
    for (const { number, network, epsilon, rates, nudgedIterations, program } of paperNetworks)
      expect(readPreset(presetOf(number)).values).toMatchObject({
        network,
        epsilon,
        rates,
        'nudged-iterations': nudgedIterations,
        'free-iterations': program.freeIterations,
        beta: program.beta,
        epochs: program.epochs,
        cost: 'full',
        nudging: 'random-sign',
        shuffle: false,
      });
  });

  test('the full form is the preset but for the seed', () => {
    const [planned] = planNetworks('full', [2], undefined);
    const recipe = recipeOfNetwork({ ...settings, form: 'full' }, planned);
    expect(recipe).toMatchObject({ ...readPreset('paper-2').values, seed: 3 });
  });

  test('the quick form takes few images, validates on half as many, and may have other epochs', () => {
    const planned = planNetworks('quick', [3, 1], 2);
    expect(planned).toEqual([
      { number: 1, epochs: 2 },
      { number: 3, epochs: 2 },
    ]);
    expect(recipeOfNetwork(settings, planned[0])).toMatchObject({
      epochs: 2,
      training: '0..200',
      validation: '50000..50100',
    });
    const all = { ...settings, images: 50_000 };
    expect(recipeOfNetwork(all, planned[0]).validation).toBe('50000..60000');
  });

  test('fast relaxation keeps the rates and never pushes the output further than its minimum allows', () => {
    for (const planned of planNetworks('full', [1, 2, 3], undefined)) {
      const recipe = recipeOfNetwork({ ...settings, relaxation: 'fast' }, planned);
      expect(recipe).toMatchObject({ relaxation: 'exact', nudging: 'centered', cost: 'full' });
      expect(recipe.rates).toEqual(paperNetworks[planned.number - 1].rates);
      expect(2 * recipe.beta).toBeLessThan(1);
    }
  });

  test.each([0, 4, 1.5])('there is no network %s', (number) => {
    expect(() => requireNetwork(number)).toThrow(UserError);
    expect(() => planNetworks('quick', [1, number], undefined)).toThrow(/has no network/);
  });

  test.each([0, -1, 1.5])('nothing trains for %s epochs', (epochs) => {
    expect(() => planNetworks('quick', [1], epochs)).toThrow(/-?[\d.]+ epochs/);
  });
});
