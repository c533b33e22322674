import { describe, expect, test } from 'vitest';
import { graphOf } from '#host/model/graph';
import { nudgeNote } from '#host/model/nudge-note';
import { partsOf } from '#host/model/parts-of';
import { presetNames, readPreset } from '#host/model/presets';
import {
  describeKey,
  evaluationIterations,
  nearest,
  nudgeOf,
  parseRange,
  recipeKeys,
} from '#host/model/recipe';
import { checkRecipe } from '#host/model/recipe-check';
import { configureRequest, initialiseRequest, ratesAt } from '#host/model/requests';

const least = {
  network: '36-24-4',
  'free-iterations': 12,
  'nudged-iterations': 6,
  beta: 0.3,
  rates: [0.2, 0.1],
  epochs: 2,
};

const check = (changes: Readonly<Record<string, unknown>>) => checkRecipe({ ...least, ...changes }, 'here');

test('what is left out has its default', () => {
  expect(check({})).toEqual({
    ...least,
    description: '',
    connections: [],
    'bias-rates': [],
    'receptive-fields': 'all',
    feedback: 'tied',
    'feedback-scale': 1,
    noise: 'none',
    'noise-level': 0,
    'noise-phases': 'independent',
    'input-dropout': 0,
    shift: 0,
    'pixel-spikes': 0,
    'input-pull': 0,
    'centred-input': false,
    weights: 'Q2.13',
    states: 'Q2.13',
    rounding: 'stochastic',
    'initial-scale': 1,
    relaxation: 'exact',
    epsilon: 0.5,
    'evaluation-iterations': undefined,
    start: 'zero',
    nudging: 'centered',
    'nudge-margin': 0,
    cost: 'half',
    schedule: 'constant',
    'schedule-factor': 0.93,
    'weight-decay': [],
    penalty: 'L2',
    'decay-interval': 50,
    minibatch: 20,
    shuffle: true,
    seed: 1,
    training: '0..60000',
    validation: 'none',
  });
});

test('every preset is a valid recipe that says what it is for', () => {
  expect(presetNames().length).toBeGreaterThan(3);
  for (const name of presetNames()) {
    const { values, source } = readPreset(name);
    expect(checkRecipe(values, source).description).not.toBe('');
  }
});

test('every key is explained', () => {
  for (const key of recipeKeys) expect(describeKey(key)).not.toBe('');
});

test('a checked recipe passes again', () => {
  const recipe = check({ 'weight-decay': [0.001, 0] });
  expect(checkRecipe(recipe, 'again')).toEqual(recipe);
});

describe('each key refuses', () => {
  test.each<[string, readonly unknown[]]>([
    ['description', [3]],
    ['network', ['36', '36-', '-4', '36x4', 36, '36--4', '']],
    ['weights', ['Q2.14', 'Q16.0', 'float', 13]],
    ['states', ['Q0.15', 'Q10.5', 'Q2.14', 13]],
    ['shift', [-1, 4, 0.5, '1']],
    ['rounding', ['up', 1]],
    [
      'initial-scale',
      [0, -1, Number.POSITIVE_INFINITY, Number.NaN, '1', 100, [], [0.5], [0.5, 0], [1, 1, 1]],
    ],
    ['relaxation', ['newton']],
    ['epsilon', [0, -0.5, 1.01, 0.0001]],
    ['free-iterations', [0, 1.5, -1, 65536, '12']],
    ['nudged-iterations', [0, 65536]],
    ['evaluation-iterations', [0, 65536]],
    ['start', ['random']],
    ['nudging', ['centred', 'negative']],
    ['beta', [0, -0.3, 0.0001, 16, Number.NaN]],
    ['input-pull', [-1, 0.001, 256, '1', Number.NaN]],
    ['centred-input', [1, 'yes', null]],
    ['nudge-margin', [-0.1, 1.01, 1e-5, '0.5', Number.NaN]],
    ['cost', ['cross-entropy']],
    ['rates', [[], [0.1], [0.1, 0.1, 0.1], [-0.1, 0.1], ['a', 0.1], 0.1, [Number.NaN, 0.1]]],
    ['schedule', ['step']],
    ['schedule-factor', [0, 1.1]],
    ['weight-decay', [[0.1], [-0.1, 0], 0.1, [0.02, 0], [1, 0]]],
    ['penalty', ['L1', 'l1', 'L0', 1]],
    ['decay-interval', [0, 10_001]],
    ['epochs', [0, 100_001, 0.5]],
    ['minibatch', [0, 513]],
    ['shuffle', ['yes', 1]],
    ['seed', [-1, 2 ** 32, 0.5]],
    ['training', ['none', '5', '0-5', '0..', 5]],
    ['validation', ['all', '0..5..9']],
  ])('%s', (key, values) => {
    for (const value of values) {
      const attempt = () => check({ nudging: 'positive', [key]: value });
      expect(attempt, `${key} = ${value}`).toThrow(
        expect.objectContaining({ name: 'UserError', message: expect.stringMatching(/^here: /) }),
      );
    }
  });
});

test.each([
  'network',
  'beta',
  'rates',
  'epochs',
  'free-iterations',
  'nudged-iterations',
])('%s must be given', (key) => {
  const { [key as keyof typeof least]: _, ...rest } = least;
  expect(() => checkRecipe(rest, 'here')).toThrow(`here: '${key}' is missing`);
});

describe('a pulled input', () => {
  const pulled = { 'input-pull': 10, nudging: 'positive' };

  test('is a layer of its own, behind the image, that connections begin at', () => {
    const recipe = check(pulled);
    const { layers, connections, inputs } = graphOf(recipe);
    expect(layers.map(({ units, biases }) => [units, biases])).toEqual([
      [36, 0],
      [36, 36],
      [24, 24],
      [4, 4],
    ]);
    expect(connections.map(({ pre, post }) => [pre, post])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(inputs).toBe(36);
    expect(configureRequest(recipe)).toMatchObject({ inputPull: 2560, layers: 4, connections: 2 });
    // Its own biases do not learn unless told.
    expect(ratesAt(recipe, 0, 10, 20).biasGains[0].value).toBe(0);
    expect(partsOf(recipe)).toContain('pulledInput');
  });

  test('has initial weights as one that is held', () => {
    expect(initialiseRequest(check(pulled))).toEqual(
      initialiseRequest(check({ ...pulled, 'input-pull': 0 })),
    );
  });

  test('takes tables of connections that count from the input', () => {
    const connections = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 0, to: 2 },
    ];
    const recipe = check({ ...pulled, connections, rates: [0.1, 0.1, 0.1] });
    expect(graphOf(recipe).connections.map(({ pre, post }) => [pre, post])).toEqual([
      [1, 2],
      [2, 3],
      [1, 3],
    ]);
  });

  test('is refused beside a centred one, and where steps would swing', () => {
    expect(() => check({ ...pulled, 'centred-input': true })).toThrow(
      'a centred input that is pulled towards its image',
    );
    const swinging = { ...pulled, relaxation: 'euler', epsilon: 0.5 };
    expect(() => check({ ...swinging, 'input-pull': 3 })).toThrow(
      'an input-pull of 3 with steps of epsilon 0.5',
    );
    expect(() => check({ ...swinging, 'input-pull': 2.9 })).not.toThrow();
  });
});

test('a penalty by L1 needs a weight decay, which says how strong it is', () => {
  expect(() => check({ penalty: 'L1' })).toThrow('a penalty by L1 without weight-decay');
  const recipe = check({ penalty: 'L1', 'weight-decay': [0.001, 0] });
  expect(configureRequest(recipe).options).toBe(8);
  expect(partsOf(recipe)).toContain('l1');
});

describe('a centred input', () => {
  const centred = { 'centred-input': true, nudging: 'positive' };
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'that decays',
      { 'weight-decay': [1e-4, 0] },
      'a weight decay of 0.0001 of the connection whose input is centred',
    ],
    [
      'of a convolution',
      { network: '6x6-conv3x2-4', rates: [0.1, 0.1] },
      'a centred input of a first connection that is convolution, from layer 0',
    ],
    ['of windows', { 'receptive-fields': '2..4' }, 'that is windows'],
    [
      'that two connections take',
      {
        rates: [0.1, 0.1, 0.1],
        connections: [
          { from: 0, to: 1 },
          { from: 1, to: 2 },
          { from: 0, to: 2 },
        ],
      },
      'a centred input that connection 3 takes too',
    ],
  ])('is refused %s', (_, changes, message) => {
    expect(() => check({ ...centred, ...changes })).toThrow(message);
  });

  test('adds to the layer it reaches what is learnt along the mean, and the mean', () => {
    const [, hidden, output] = graphOf(check(centred)).layers;
    expect(hidden).toMatchObject({ units: 24, biases: 2 * 24 + 36, isCentred: true });
    expect(output).toMatchObject({ biases: 4, isCentred: false });
    expect(configureRequest(check(centred)).options).toBe(4);
  });
});

test.each([
  ['epoch', 'epochs'],
  ['free-iteration', 'free-iterations'],
  ['minibach', 'minibatch'],
  ['Beta', 'beta'],
])('for the unknown key %s, %s is suggested', (key, meant) => {
  expect(() => check({ [key]: 1 })).toThrow(
    expect.objectContaining({ message: `here: unknown key '${key}'`, hint: `did you mean '${meant}'?` }),
  );
});

test.each(['quantum-entanglement', 'constructor', '__proto__x'])('for %s, all keys are listed', (key) => {
  expect(() => check({ [key]: 1 })).toThrow(
    expect.objectContaining({ hint: `the keys are ${recipeKeys.join(', ')}` }),
  );
});

describe('values that do not go together', () => {
  test('exact relaxation has no minimum with a nudge of −1 or below', () => {
    expect(() => check({ beta: 1, nudging: 'centered' })).toThrow('a negative nudge of 1');
    expect(() => check({ beta: 0.5, nudging: 'random-sign', cost: 'full' })).toThrow('a negative nudge of 1');
    expect(() => check({ beta: 0.49, nudging: 'random-sign', cost: 'full' })).not.toThrow();
    expect(() => check({ beta: 1, nudging: 'positive' })).not.toThrow();
    expect(() => check({ beta: 1, nudging: 'centered', relaxation: 'euler' })).not.toThrow();
  });

  test('the kernel has sixteen layers, of up to 65,535 units', () => {
    const layers = (count: number) => new Array(count).fill(1).join('-');
    const rates = Array.from({ length: 16 }, () => 0.1);
    expect(() => check({ network: layers(16), rates: rates.slice(1) })).not.toThrow();
    expect(() => check({ network: layers(17), rates })).toThrow('has 17 layers');
    expect(() => check({ network: '36-65536-4' })).toThrow('layer 1 of network 36-65536-4 has 65536 units');
    expect(() => check({ network: '36-0-4' })).toThrow('layer 1 of network 36-0-4 has 0 units');
  });

  test('rates too great for the device are refused before a run, also for the last minibatch', () => {
    const rates = [1, 1];
    expect(() => check({ rates, minibatch: 2, training: '0..100', beta: 0.5 })).not.toThrow();
    // The last minibatch has one example: its gain is twice that of the others.
    expect(() => check({ rates, minibatch: 2, training: '0..101', beta: 0.5 })).toThrow('a gain of 1');
    expect(() => check({ rates: [2, 1], minibatch: 2, training: '0..100', beta: 0.5 })).toThrow('rate 1');
  });

  test.each([
    0.2, 0.5,
  ])('states that hold no quarter of a pixel leave no room for a dropout of %d', (dropout) => {
    for (const states of ['Q9.6', 'Q7.8', 'Q6.9'])
      expect(() => check({ states, 'input-dropout': dropout })).toThrow(
        `here: an input-dropout of ${dropout} with states in ${states}`,
      );
    expect(() => check({ states: 'Q5.10', 'input-dropout': dropout })).not.toThrow();
    expect(() => check({ states: 'Q7.8', 'input-dropout': 0 })).not.toThrow();
  });

  test('images shift where they have rows and columns, and something of them is left', () => {
    const shift = (network: string, by: number) => () => check({ network, shift: by });
    expect(shift('28x28-24-4', 3)).not.toThrow();
    expect(shift('3x2x4-24-4', 1)).not.toThrow();
    // A picture that nobody told is the squarest one.
    expect(shift('36-24-4', 3)).not.toThrow();
    expect(shift('3x2x4-24-4', 2)).toThrow(
      expect.objectContaining({
        message: 'here: a shift of 2 in an input of 2 × 4',
        hint: 'it goes up to 1',
      }),
    );
    for (const [network, input] of [
      ['1x36-24-4', '1 × 36'],
      ['37-24-4', '1 × 37'],
    ])
      expect(shift(network, 1)).toThrow(
        expect.objectContaining({
          message: `here: a shift of 1 in an input of ${input}`,
          hint: expect.stringContaining('as 28x28 in network'),
        }),
      );
    expect(shift('28x28-24-4', 4)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('shift:'), hint: describeKey('shift') }),
    );
  });

  test('decay must leave something', () => {
    expect(() => check({ 'weight-decay': [0.02, 0] })).toThrow('a weight decay of 0.02 every 50 minibatches');
    expect(() => check({ 'weight-decay': [0.02, 0], 'decay-interval': 49 })).not.toThrow();
  });
});

test('nearest names', () => {
  expect(nearest('dmeo', ['demo', 'tiny'])).toBe('demo');
  expect(nearest('enormous', ['demo', 'tiny'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

test('parts of a recipe', () => {
  expect(parseRange('50000..60000')).toEqual([50000, 60000]);
  expect(nudgeOf(check({ beta: 0.4 }))).toBe(0.4);
  expect(nudgeOf(check({ beta: 0.4, cost: 'full' }))).toBe(0.8);
  expect(evaluationIterations(check({}))).toBe(48);
  expect(evaluationIterations(check({ 'evaluation-iterations': 7 }))).toBe(7);
  expect(evaluationIterations(check({ 'free-iterations': 20_000 }))).toBe(65535);
});

describe('a nudge beside the states it moves', () => {
  test('is of 20 steps or more in every preset', () => {
    for (const name of presetNames()) {
      const { values, source } = readPreset(name);
      expect(nudgeNote(checkRecipe(values, source)), name).toBeUndefined();
    }
  });

  test.each([
    // 20 steps of 2⁻¹³ are 0.00244…
    ['Q2.13', 'half', 0.0025, undefined],
    ['Q2.13', 'half', 0.002, /β 0\.002 is 16 steps of states in Q2\.13: .* --beta 0\.0024 /],
    // The cost without the ½ nudges twice as much.
    ['Q2.13', 'full', 0.00125, undefined],
    ['Q2.13', 'full', 0.001, /is 16 steps .* --beta 0\.0012 /],
    ['Q9.6', 'half', 0.3125, undefined],
    ['Q9.6', 'half', 0.25, /is 16 steps .* --beta 0\.31 /],
  ])('states %s, cost %s, β %s', (states, cost, beta, note) => {
    const said = nudgeNote(check({ states, cost, beta, rates: [0.01, 0.01] }));
    if (note === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(note);
  });
});
