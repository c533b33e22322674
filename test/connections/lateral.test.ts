import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRecipe, configureRequest, graphOf } from '#host/model/index';
import { smallValues } from '../centered.js';
import { Kernel, vector } from '../kernel/networks.js';
import { holdsItsLaws } from './laws.js';

const within = (shapes: typeof vector) =>
  shapes.map((shape) => ({ pre: shape, post: shape, words: {} })).filter(({ pre }) => pre.channels > 1);

const few = fc.integer({ min: 2, max: 4 }).map((channels) => ({ channels, rows: 1, columns: 1 }));

holdsItsLaws('lateral', within(vector), within(few));

const recipeOf = (
  lateral: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = { relaxation: 'euler' },
) =>
  checkRecipe(
    {
      ...smallValues,
      ...{ network: '784-6-10', rates: [0.1, 0.1, 0.1], 'weight-decay': [], ...more },
      connections: [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 1, to: 1, kind: 'lateral', ...lateral },
      ],
    },
    'here',
  );

test('a weight joins each pair of units once, and none with itself', () => {
  const { connections } = graphOf(recipeOf({}));
  const { map, weights } = connections[2];
  const elements = Array.from({ length: 36 }, (_, n) => map.element(Math.floor(n / 6), n % 6));
  expect(weights).toBe(36);
  expect(elements.filter((element) => element >= 0)).toEqual([
    ...[1, 2, 3, 4, 5, 8, 9, 10, 11, 15, 16, 17, 22, 23, 29],
  ]);
});

test.each<[Readonly<Record<string, unknown>>, string, string]>([
  [{ to: 2 }, 'goes from layer 1 to layer 2', 'from a layer to itself: 1 to 2'],
  [{ from: 0, to: 0 }, 'goes from layer 0 to layer 0', 'from a layer to itself: 1 to 2'],
  [{ 'one-way': true }, 'is lateral and goes one way', 'leave one-way out'],
  [{ rule: 'presynaptic' }, 'is lateral and learns by the presynaptic rule', 'leave rule out'],
])('there is none with %j', (lateral, message, hint) => {
  expect(() => recipeOf(lateral)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

test('exact relaxation is refused, by host and device alike', () => {
  expect(() => recipeOf({}, {})).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('connection 3 joins the units of layer 1 with each other'),
      hint: expect.stringContaining('euler'),
    }),
  );
  const request = { ...configureRequest(recipeOf({})), relaxation: 1 };
  expect(() => new Kernel(1 << 20).execute('configure', request)).toThrow(
    expect.objectContaining({ error: 'lateralExact', value: 1, place: 2 }),
  );
});
