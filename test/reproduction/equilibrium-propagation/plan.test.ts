import { describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { readPreset } from '#host/model/index';
import { paperNetworks } from '#host/reproduction/equilibrium-propagation/paper';
import {
  planNetworks,
  presetOf,
  recipeOfNetwork,
  requireNetwork,
} from '#host/reproduction/equilibrium-propagation/plan';

const settings = { form: 'quick', relaxation: 'paper', seed: 3, images: 200 } as const;

describe('a plan', () => {
  test("the presets are the program's recipe", () => {
    for (const { number, network, epsilon, rates, nudgedIterations, program } of paperNetworks)
      expect(readPreset(presetOf('paper', number)).values).toMatchObject({
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
    const [planned] = planNetworks({ ...settings, form: 'full' }, [2], undefined);
    const recipe = recipeOfNetwork({ ...settings, form: 'full' }, planned);
    expect(recipe).toMatchObject({ ...readPreset('paper-2').values, seed: 3 });
  });

  test('the quick form takes few images, validates on half as many, and may have other epochs', () => {
    const planned = planNetworks(settings, [3, 1], 2);
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

  test('fast relaxation is another preset of the same network, with its own number of epochs', () => {
    const fast = { ...settings, form: 'full', relaxation: 'fast' } as const;
    for (const planned of planNetworks(fast, [1, 2, 3], undefined)) {
      const recipe = recipeOfNetwork(fast, planned);
      expect(recipe).toMatchObject({ relaxation: 'exact', start: 'zero', epochs: planned.epochs, seed: 3 });
      expect(recipe.network).toBe(paperNetworks[planned.number - 1].network);
      expect(planned.epochs).not.toBe(paperNetworks[planned.number - 1].program.epochs);
    }
  });

  test.each([0, 4, 1.5])('there is no network %s', (number) => {
    expect(() => requireNetwork(number)).toThrow(UserError);
    expect(() => planNetworks(settings, [1, number], undefined)).toThrow(/has no network/);
  });

  test.each([0, -1, 1.5])('nothing trains for %s epochs', (epochs) => {
    expect(() => planNetworks(settings, [1], epochs)).toThrow(/-?[\d.]+ epochs/);
  });
});
