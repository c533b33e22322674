import { expect, test } from 'vitest';
import { Kernel } from '#host/kernel/kernel';
import { Tensor } from '#host/wire/schema';
import { drawFields, fieldsOf } from '#host/model/fields';
import { checkRecipe } from '#host/model/recipe-check';
import { configureRequest, initialiseRequest } from '#host/model/requests';

const HIDDEN = 7;
const recipe = checkRecipe(
  {
    network: `144-${HIDDEN}-3`,
    'receptive-fields': '2..9',
    'free-iterations': 1,
    'nudged-iterations': 1,
    beta: 0.5,
    rates: [0.1, 0.1],
    epochs: 1,
    seed: 5,
  },
  'fields',
);

test('the host draws the windows that the kernel draws: initial weights are zero outside, and rarely inside', () => {
  const kernel = new Kernel(1 << 20);
  kernel.execute('configure', configureRequest(recipe));
  kernel.execute('initialise', initialiseRequest(recipe));
  const fields = fieldsOf(recipe);
  expect(fields).toEqual({ width: 12, least: 2, most: 9 });
  const sees = drawFields(fields as NonNullable<typeof fields>, recipe.seed, HIDDEN);
  let zeros = 0;
  for (let pixel = 0; pixel < 144; pixel++) {
    const range = { offset: pixel * HIDDEN, index: 0, count: HIDDEN, tensor: Tensor.weights, padding: 0 };
    const { data } = kernel.execute('read', range);
    new Int16Array(data.slice().buffer).forEach((weight, unit) => {
      if (!sees[pixel * HIDDEN + unit]) expect(weight).toBe(0);
      else if (weight === 0) zeros++;
    });
  }
  const seen = sees.reduce((sum, one) => sum + one, 0);
  expect(seen).toBeGreaterThan(0);
  expect(zeros).toBeLessThan(seen / 10);
});

test('images must be square, and windows fit them', () => {
  const of = (network: string, fields: string) => () => fieldsOf({ network, 'receptive-fields': fields });
  expect(of('144-5-3', 'all')()).toBeUndefined();
  expect(of('140-5-3', '2..4')).toThrow('receptive fields in images of 140 pixels');
  for (const impossible of ['0..4', '5..4', '2..13'])
    expect(of('144-5-3', impossible)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('from 1 to 12') }),
    );
});
