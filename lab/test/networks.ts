/** Small networks without data, for what is looked at alone. */
import { checkRecipe, type Recipe } from '#host/model/index.js';

/** 4-3-2. */
export const smallest = (): Recipe =>
  checkRecipe(
    {
      network: '4-3-2',
      'free-iterations': 4,
      'nudged-iterations': 4,
      beta: 0.5,
      rates: [1, 1],
      epochs: 1,
      weights: 'Q1.14',
      states: 'Q3.12',
    },
    'the test',
  );
