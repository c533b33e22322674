import { describe, expect, test } from 'vitest';
import { Kernel } from '#host/kernel/kernel';
import { Tensor } from '#host/link/schema';
import { drawFields, type Fields, fieldsOf } from '#host/model/fields';
import { type Picture, squarest } from '#host/model/picture';
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

/** The kernel's initial weights, [pixel][unit]. */
function initialWeights(picture: Picture): readonly (readonly number[])[] {
  const kernel = new Kernel(1 << 20);
  kernel.execute('configure', configureRequest(recipe, picture));
  kernel.execute('initialise', initialiseRequest(recipe));
  return Array.from({ length: 144 }, (_, pixel) => {
    const range = { offset: pixel * HIDDEN, index: 0, count: HIDDEN, tensor: Tensor.weights, padding: 0 };
    return [...new Int16Array(kernel.execute('read', range).data.slice().buffer)];
  });
}

describe.each<Picture>([
  { rows: 12, columns: 12 },
  { rows: 9, columns: 16 },
  { rows: 16, columns: 9 },
])('in a picture of $rows × $columns', (picture) => {
  const weights = initialWeights(picture);

  test('the host draws the windows that the kernel draws: weights are zero outside, and rarely inside', () => {
    const fields = fieldsOf(recipe, picture);
    expect(fields).toEqual({ ...picture, least: 2, most: 9 });
    const sees = drawFields(fields as Fields, recipe.seed, HIDDEN);
    let zeros = 0;
    weights.forEach((row, pixel) => {
      row.forEach((weight, unit) => {
        if (!sees[pixel * HIDDEN + unit]) expect(weight).toBe(0);
        else if (weight === 0) zeros++;
      });
    });
    const seen = sees.reduce((sum, one) => sum + one, 0);
    expect(seen).toBeGreaterThan(0);
    expect(zeros).toBeLessThan(seen / 10);
  });

  test('they are rectangles of it', () => {
    const { columns } = picture;
    for (let unit = 0; unit < HIDDEN; unit++) {
      const seen = weights.flatMap((row, pixel) => (row[unit] === 0 ? [] : [pixel]));
      const [ys, xs] = [
        seen.map((pixel) => Math.floor(pixel / columns)),
        seen.map((pixel) => pixel % columns),
      ];
      const sides = [ys, xs].map((places) => 1 + Math.max(...places) - Math.min(...places));
      for (const side of sides) expect(side).toBeGreaterThanOrEqual(2);
      for (const side of sides) expect(side).toBeLessThanOrEqual(9);
      // A weight is zero by chance in one of thousands.
      expect(seen.length).toBeGreaterThan(0.9 * sides[0] * sides[1]);
    }
  });
});

test('windows fit the images', () => {
  const of = (fields: string, picture?: Picture) => () =>
    fieldsOf({ network: '144-5-3', 'receptive-fields': fields }, picture);
  const hint = (text: string) => expect.objectContaining({ hint: expect.stringContaining(text) });
  expect(of('all')()).toBeUndefined();
  for (const impossible of ['0..4', '5..4', '2..13']) expect(of(impossible)).toThrow(hint('from 1 to 12'));
  expect(of('2..9', { rows: 9, columns: 16 })()).toMatchObject({ most: 9 });
  expect(of('2..10', { rows: 9, columns: 16 })).toThrow('in images of 9 × 16 pixels');
  expect(of('2..10', { rows: 9, columns: 16 })).toThrow(hint('from 1 to 9'));
  expect(() =>
    fieldsOf({ network: '561-5-3', 'receptive-fields': '1..1' }, { rows: 1, columns: 561 }),
  ).toThrow('receptive fields in images of 1 × 561 pixels');
});

test('a shape that is not known is the squarest', () => {
  expect(squarest(784)).toEqual({ rows: 28, columns: 28 });
  expect(squarest(35)).toEqual({ rows: 5, columns: 7 });
  expect(squarest(561)).toEqual({ rows: 17, columns: 33 });
  expect(squarest(37)).toEqual({ rows: 1, columns: 37 });
  expect(fieldsOf({ network: '140-5-3', 'receptive-fields': '2..4' })).toMatchObject({
    rows: 10,
    columns: 14,
  });
});
