import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cellsOf, referencesOf, settingsId } from '#host/comparison/cells';
import { checkGrid, type Grid, type RecipeValues } from '#host/comparison/grid';
import { readGridFile } from '#host/comparison/grid-file';
import { holdOut } from '#host/comparison/held-out';
import { smallValues, temporaryFolder } from '../runs/small-data.js';

const grid = (alternatives: Readonly<Record<string, readonly unknown[]>>) =>
  checkGrid({ preset: 'small.toml', recipe: smallValues, alternatives }, 'here');
const refusal = (message: string, hint = '') =>
  expect.objectContaining({
    name: 'UserError',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });

describe('cells', () => {
  test('are all combinations, seeds fastest, with readable ids', () => {
    const cells = cellsOf(
      grid({
        seed: [1, 2],
        relaxation: ['euler', 'exact'],
        weights: ['Q1.14', 'Q2.13'],
        beta: [0.25, 0.5, 0.75],
      }),
    );
    expect(cells).toHaveLength(24);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(24);
    expect(cells.slice(0, 3).map(({ id }) => id)).toEqual([
      'w-Q1.14_euler_beta-0.25_seed-1',
      'w-Q1.14_euler_beta-0.25_seed-2',
      'w-Q1.14_euler_beta-0.5_seed-1',
    ]);
    expect(cells[23]).toMatchObject({
      group: 'w-Q2.13_exact_beta-0.75',
      seed: 2,
      settings: { weights: 'Q2.13', relaxation: 'exact', beta: 0.75 },
      recipe: { weights: 'Q2.13', relaxation: 'exact', beta: 0.75, seed: 2, network: '36-24-4' },
    });
  });

  test('of one recipe: a group named as the preset', () => {
    expect(cellsOf(grid({})).map(({ id, group }) => [id, group])).toEqual([['small_seed-1', 'small']]);
  });

  test('values are taken once; a single one is the recipe’s and no part of the ids', () => {
    const cells = cellsOf(grid({ weights: ['Q1.14', 'Q1.14'], states: ['Q3.12', 'Q4.11'], epochs: [1] }));
    expect(cells.map(({ id }) => id)).toEqual(['s-Q3.12_seed-1', 's-Q4.11_seed-1']);
    expect(cells[0].recipe).toMatchObject({ weights: 'Q1.14', epochs: 1 });
  });

  test('that cannot be keep their reason and are cells all the same', () => {
    const cells = cellsOf(grid({ network: ['36-24-4', '36-8-8-4'], states: ['Q3.12', 'Q0.15'] }));
    expect(cells.map(({ impossible }) => impossible ?? 'possible')).toEqual([
      'possible',
      expect.stringMatching(
        /^state format 'Q0\.15' is impossible; a state must hold 1, .*: Q1\.14 is the finest/,
      ),
      expect.stringMatching(/^2 rates for 3 connections of 36-8-8-4; give one rate a connection/),
      expect.stringMatching(/^2 rates for 3 connections of 36-8-8-4; give one rate a connection/),
    ]);
    expect(cells[1].recipe).toBeUndefined();
  });

  test('lists and ranges are fit for folders; long ids stay different', () => {
    expect(settingsId({ rates: [0.1, 0.2], training: '0..100', weights: 'Q0.7,Q-1.8' })).toBe(
      'rates-0.1+0.2_training-0..100_w-Q0.7+Q-1.8',
    );
    const long = Array.from({ length: 2 }, (_, n) => `36-${'24-'.repeat(60)}${n + 4}`);
    const ids = cellsOf(grid({ network: long })).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(120);
  });
});

test('cells that differ in formats and rounding alone share a reference, seed by seed', () => {
  const cells = cellsOf(
    grid({
      weights: ['Q1.14', 'Q2.13'],
      states: ['Q3.12', 'Q4.11'],
      rounding: ['nearest', 'stochastic'],
      beta: [0.25, 0.5],
      seed: [3, 4],
    }),
  );
  const references = referencesOf(cells);
  expect(references.map(({ id, cells: of }) => [id, of.length])).toEqual([
    ['beta-0.25_seed-3', 8],
    ['beta-0.25_seed-4', 8],
    ['beta-0.5_seed-3', 8],
    ['beta-0.5_seed-4', 8],
  ]);
  expect(references[1].recipe).toMatchObject({ beta: 0.25, seed: 4 });
});

test.each([
  [{ wieghts: ['Q1.14'] }, "here: unknown key 'wieghts'", "did you mean 'weights'?"],
  [{ relaxation: ['exact', 'eulre'] }, 'here: relaxation cannot be "eulre"', 'euler'],
  [{ rates: [0.1] }, 'here: rates cannot be 0.1', 'one a connection'],
  [{ beta: [] }, "here: no value of 'beta'", 'name one'],
])('a slip of the pen is no cell: %j', (alternatives, message, hint) => {
  expect(() => grid(alternatives)).toThrow(refusal(message, hint));
});

describe('validation images that nobody named', () => {
  const held = (recipe: RecipeValues, alternatives: Grid['alternatives'] = {}) =>
    holdOut(checkGrid({ preset: 'small.toml', recipe, alternatives }, 'here'), 'here');
  const { training: _, ...anyImages } = smallValues;

  test('are the last sixth of the training images, which of MNIST leaves the usual 50,000', () => {
    expect(held(smallValues)).toMatchObject({
      grid: { recipe: { training: '0..250', validation: '250..300' } },
      heldOut: '250..300',
    });
    expect(held(anyImages).grid.recipe).toMatchObject({ training: '0..50000', validation: '50000..60000' });
    expect(held({ ...smallValues, training: '10..12' }).grid.recipe).toMatchObject({
      training: '10..11',
      validation: '11..12',
    });
  });

  test('are the same for all cells', () => {
    const { grid: split, heldOut } = held(anyImages, {
      training: ['0..600', '0..60', '540..590', '550..600'],
    });
    expect(heldOut).toBe('500..600');
    expect(split.alternatives.training).toEqual(['0..500', '0..60', '540..590', '550..600']);
    const cells = cellsOf(split);
    expect(cells.map(({ recipe }) => recipe?.validation)).toEqual(
      Array.from({ length: 4 }, () => '500..600'),
    );
  });

  test.each([
    [{ ...smallValues, validation: 'none' }, {}],
    [{ ...smallValues, validation: '200..300' }, {}],
    [smallValues, { validation: ['none', '200..300'] }],
    [{ ...smallValues, training: '5..6' }, {}],
  ])('are none where the grid names them, or there is one image alone: %j %j', (recipe, alternatives) => {
    const { grid: same, heldOut } = held(recipe, alternatives);
    expect(heldOut).toBeUndefined();
    expect(same).toEqual(checkGrid({ preset: 'small.toml', recipe, alternatives }, 'here'));
  });
});

describe('a grid file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => folder.remove());
  const read = (toml: string) => {
    const path = join(folder.path, 'grid.toml');
    writeFileSync(path, toml);
    return readGridFile(path);
  };

  test('has a preset, fixed values and alternatives', () => {
    expect(
      read(`preset = "small"
data = "digits"
device = "pico"
[recipe]
epochs = 2
[grid]
weights = ["Q1.14", "Q2.13"]
rates = [[0.4, 0.05], [0.2, 0.05]]
seed = [1, 2, 3]
`),
    ).toEqual({
      preset: 'small',
      data: 'digits',
      device: 'pico',
      recipe: { epochs: 2 },
      grid: {
        weights: ['Q1.14', 'Q2.13'],
        rates: [
          [0.4, 0.05],
          [0.2, 0.05],
        ],
        seed: [1, 2, 3],
      },
      reading: {},
    });
  });

  test('says how its data are read, in the words of the command line', () => {
    const { reading } = read(`data = "gestures.csv"
label-column = "kind"
ignore = ["time", "battery"]
group-column = "who"
shape = "6x1x50"
order = "channels-last"
scaling = "unit"
test-share = 0.25
split-seed = 3
`);
    expect(reading).toEqual({
      ...{ labelColumn: 'kind', ignore: ['time', 'battery'], groupColumn: 'who' },
      shape: { channels: 6, rows: 1, columns: 50 },
      ...{ order: 'channels-last', scaling: 'unit', testShare: 0.25, splitSeed: 3 },
    });
    expect(read('split = "last"\ntest = "kept.csv"\nshape = "28x28"').reading).toEqual({
      ...{ split: 'last', test: 'kept.csv' },
      shape: { channels: 1, rows: 28, columns: 28 },
    });
  });

  test.each([
    ['prest = "small"', "unknown key 'prest'", "did you mean 'preset'?"],
    ['weights = ["Q1.14"]', "unknown key 'weights'", '[grid]'],
    ['[grid]\nweights = "Q1.14"', 'grid.weights: write an array', ''],
    ['[grid\n', 'line 1', 'mend'],
    ['label-colum = "kind"', "unknown key 'label-colum'", "did you mean 'label-column'?"],
    ['testshare = 0.2', "unknown key 'testshare'", "did you mean 'test-share'?"],
    ['ignore = "time"', 'ignore: ', 'mend'],
    ['shape = "6x0"', 'shape: channels x rows x columns are needed, as 6x1x50', ''],
    ['scaling = "units"', 'scaling: ', ''],
    ['test-share = 2', 'test-share: write a share between 0 and 1', ''],
  ])('%j is refused', (toml, message, hint) => {
    expect(() => read(toml)).toThrow(refusal(message, hint));
  });

  test('that is not there', () => {
    expect(() => readGridFile(join(folder.path, 'none.toml'))).toThrow(refusal('there is no file'));
  });
});
