/** Ways back of their own: a chain's, and those that a recipe's tables name. */
import { describe, expect, test } from 'vitest';
import {
  checkRecipe,
  connectionCount,
  graphOf,
  initialiseRequest,
  type Recipe,
  ratesAt,
} from '#host/model/index';
import { smallValues } from '../centered.js';

function recipeOf(more: Readonly<Record<string, unknown>>): Recipe {
  return checkRecipe({ ...smallValues, 'weight-decay': [], ...more }, 'here');
}

const chain = (feedback: string, more = {}) =>
  recipeOf({ network: '784-8-6-10', rates: [0.3, 0.2, 0.1], feedback, ...more });

const described = (recipe: Recipe) =>
  graphOf(recipe).connections.map(({ pre, post, ways, rule, fixed, drawnAs }) => [
    ...[pre, post, ways, rule, fixed],
    ...(drawnAs === undefined ? [] : [drawnAs]),
  ]);

test('a chain with ways back of its own has two connections between free layers', () => {
  const forth = [
    [0, 1, 'both', 'contrast', false],
    [1, 2, 'forth', 'presynaptic', false],
    [2, 3, 'forth', 'presynaptic', false],
  ];
  const back = (fixed: boolean, ...drawnAs: readonly number[]) =>
    [1, 2].map((pre) => [pre, pre + 1, 'back', 'presynaptic', fixed, ...drawnAs.map((first) => first + pre)]);
  expect(described(chain('untied'))).toEqual([...forth, ...back(false)]);
  expect(described(chain('fixed'))).toEqual([...forth, ...back(true)]);
  expect(described(chain('symmetric'))).toEqual([...forth, ...back(false, 0)]);
  expect(connectionCount(chain('untied'))).toBe(5);
  expect(connectionCount(chain('tied'))).toBe(3);
});

test('rates of the ways forth are those of the ways back, unless each has its own', () => {
  const gains = (recipe: Recipe) => ratesAt(recipe, 0, 10, 10).gains.map(({ value }) => value);
  const [first, second, third] = gains(chain('tied'));
  expect(gains(chain('untied'))).toEqual([first, second, third, second, third]);
  const own = chain('untied', { rates: [0.3, 0.2, 0.1, 0.4, 0.05] });
  expect(gains(own)[3] / second).toBeCloseTo(2, 3);
  expect(gains(own)[4] / third).toBeCloseTo(0.5, 3);
  expect(() => chain('untied', { rates: [0.3, 0.2, 0.1, 0.4] })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('4 rates for 5 connections'),
      hint: expect.stringContaining('the ways forth alone'),
    }),
  );
});

test('a chain’s rule is that of all connections between free layers', () => {
  const rules = (more: object) => graphOf(chain('tied', more)).connections.map(({ rule }) => rule);
  expect(rules({})).toEqual(['contrast', 'contrast', 'contrast']);
  expect(rules({ rule: 'rates' })).toEqual(['contrast', 'rates', 'rates']);
  expect(described(chain('untied', { rule: 'contrast' })).map(([, , , rule]) => rule)).toEqual(
    new Array(5).fill('contrast'),
  );
  expect(() =>
    recipeOf({ network: '28x28-conv5x4m-conv5x4a-10', rates: [0.1, 0.1, 0.1], rule: 'rates' }),
  ).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('a convolution inside a network that learns by rates'),
      hint: expect.stringContaining('dense, local and windows'),
    }),
  );
});

test('biases learn by the ways that reach their layer', () => {
  const { biasGains, gains } = ratesAt(chain('untied'), 0, 10, 10);
  expect(biasGains.map(({ word }) => word)).toEqual(gains.slice(0, 3).map(({ word }) => word));
});

test('the initial limit of a way back has its own scale, and tells whose draws it shares', () => {
  const { limits: apart } = initialiseRequest(chain('untied', { 'feedback-scale': 0.5 }));
  expect(apart[3]).toBeCloseTo(apart[1] / 2, -1);
  const { limits: shared } = initialiseRequest(chain('symmetric'));
  expect(shared.map((word) => Math.floor(word / 2 ** 27))).toEqual([0, 0, 0, 2, 2]);
  expect(shared.map((word) => word % 2 ** 27)).toEqual(initialiseRequest(chain('untied')).limits);
});

test('a scale of ways back is refused where there are none', () => {
  expect(() => chain('tied', { 'feedback-scale': 0.5 })).toThrow(
    'a feedback-scale of 0.5 without ways back of their own',
  );
});

test('clamped outputs are no nudge: their gain knows no β', () => {
  const gain = (more: object) => ratesAt(chain('tied', more), 0, 10, 10).gains[0].value;
  expect(gain({ nudging: 'clamped', beta: 0.25 })).toBe(gain({ nudging: 'positive', beta: 1 }));
});

describe('tables', () => {
  const tables = (...connections: readonly object[]) =>
    recipeOf({ network: '784-8-10', rates: connections.map(() => 0.1), connections });
  const input = { from: 0, to: 1 };
  const forth = { from: 1, to: 2, 'one-way': true };
  const back = { from: 2, to: 1, 'one-way': true };

  test('a connection that goes one way may lead back', () => {
    expect(described(tables(input, forth, { ...back, 'drawn-as': 2 }))).toEqual([
      [0, 1, 'both', 'contrast', false],
      [1, 2, 'forth', 'presynaptic', false],
      [1, 2, 'back', 'presynaptic', false, 1],
    ]);
    expect(described(tables(input, forth, { ...back, rule: 'contrast' }))[2]).toContain('contrast');
  });

  test.each<[readonly object[], string, string]>([
    [[input, { from: 2, to: 1 }], 'connection 2 goes from layer 2 to layer 1', 'one-way = true'],
    [[input, forth, { ...back, to: 0 }], 'connection 3 goes back to the input', 'the input is given'],
    [[input, back], 'no connection ends in layer 2', 'nothing would reach it'],
    [[input, { ...forth, 'drawn-as': 2 }], 'connection 2 is drawn as connection 2', 'name an earlier one'],
    [
      [input, forth, { ...back, 'drawn-as': 1 }],
      'connection 3, whose weights are 8 × 10, is drawn as connection 1, whose are 784 × 8',
      'between the same layers',
    ],
    [[input, { ...forth, oneway: true }], 'connections 2, oneway: Invalid type', 'one-way'],
    [[input, { ...forth, rule: 'sdtp' }], 'connections 2, rule: Invalid type', 'drawn-as'],
    [[input, { ...forth, side: 3 }], "a dense connection with 'side'", 'one-way'],
  ])('refused: %j', (connections, message, hint) => {
    expect(() => tables(...connections)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test('a chain has feedback, tables have none', () => {
    const connections = [input, { from: 1, to: 2 }];
    expect(() =>
      recipeOf({ network: '784-8-10', rates: [0.1, 0.1], connections, feedback: 'untied' }),
    ).toThrow('feedback untied beside connections');
  });

  test('a maximum inside a network is chosen by what is sent forth, and learns by the contrast', () => {
    expect(() =>
      recipeOf({ network: '28x28-conv5x4m-conv5x4m-10', rates: [0.1, 0.1, 0.1], feedback: 'untied' }),
    ).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(
          'it takes the greatest of several places, and learns by the presynaptic rule',
        ),
        hint: expect.stringContaining('a instead of m'),
      }),
    );
    // The ways back of a chain have the names of those forth.
    expect(() =>
      recipeOf({
        ...{ network: '28x28-conv5x4m-conv5x6m-10', rates: [0.1, 0.1, 0.1] },
        ...{ feedback: 'untied', rule: 'contrast' },
      }),
    ).toThrow('conv5x6m: it takes the greatest of several places, and goes back alone');
    const averaged = recipeOf({
      ...{ network: '28x28-conv5x4m-conv5x4a-10', rates: [0.1, 0.1, 0.1], feedback: 'untied' },
      ...{ states: 'Q3.12', weights: 'Q1.14' },
    });
    expect(graphOf(averaged).connections).toHaveLength(5);
  });
});
