/** The plan against the module that runs, and against sums made by hand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeviceError } from '#host/endpoint/index';
import { readBoard, stackBytes, withOneCore } from '#host/firmware/board';
import { planMemory } from '#host/firmware/plan';
import { planDeployed } from '#host/firmware/plan-deployed';
import { Kernel, portableModule } from '#host/kernel/index';
import type { Recipe } from '#host/model/index';
import { checkRecipe, configureRequest, readPreset } from '#host/model/index';
import { smallValues } from '../centered.js';
import { smallRecipe } from '../runs/small-data.js';

const pico = withOneCore(readBoard('pico'));

test('a layer whose units are joined with each other is proposed with two or more', () => {
  const recipe = smallRecipe({
    ...{ network: '784-300-10', relaxation: 'euler', rates: [0.1, 0.1, 0.1] },
    connections: [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 1, to: 1, kind: 'lateral' },
    ],
  });
  const { fits, widest = '' } = planMemory(pico, recipe);
  expect(fits).toBe(false);
  const [, units] = widest.split('-').map(Number);
  expect(units).toBeGreaterThan(2);
  expect(planMemory(pico, { ...recipe, network: widest })).toMatchObject({ fits: true });
  expect(planMemory(pico, { ...recipe, network: `784-${units + 1}-10` })).toMatchObject({ fits: false });
});

const recipes = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 6 }),
    outputs: fc.integer({ min: 1, max: 256 }),
    minibatch: fc.integer({ min: 1, max: 512 }),
    start: fc.constantFrom('zero' as const, 'persistent' as const),
    relaxation: fc.constantFrom('euler' as const, 'exact' as const),
  })
  .map(
    ({ sizes, outputs, ...rest }): Recipe => ({
      ...smallRecipe(),
      ...rest,
      network: [...sizes.slice(0, -1), outputs].join('-'),
    }),
  );

/** Memory of every size, down to none that is left. */
const boards = fc
  .record({ words: fc.integer({ min: 1, max: 200_000 }), board: fc.constantFrom(pico, readBoard('pico')) })
  .map(({ words, board }) => ({
    ...board,
    ram: { ...board.ram, size: stackBytes(board) + board.ram.static + 4 * words },
  }));

function configure(kernel: Kernel, recipe: Recipe): number | DeviceError {
  try {
    return kernel.execute('configure', configureRequest(recipe)).needed;
  } catch (error) {
    if (error instanceof DeviceError) return error;
    throw error;
  }
}

test('what it says is what a device with that memory says', () => {
  fc.assert(
    fc.property(boards, recipes, (board, recipe) => {
      const plan = planMemory(board, recipe);
      const device = new Kernel(plan.arena, undefined, portableModule(16, board.core.cores));
      expect(device.arena).toBe(plan.arena);
      const answer = configure(device, recipe);
      if (plan.fits) expect(answer).toBe(plan.needed);
      else expect(answer).toMatchObject({ error: 'arenaTooSmall', value: plan.needed, limit: plan.arena });
    }),
    { numRuns: 50 },
  );
});

test('fixed connections have room for their weights, and none for an update', () => {
  const plan = (fixed: boolean) =>
    planMemory(
      pico,
      checkRecipe(
        {
          ...smallValues,
          ...{
            network: '16x16-8x6x6-4x2x2-10',
            rates: [0.1, 0.1, 0.1, 0.1],
            'weight-decay': [],
            minibatch: 7,
          },
          connections: [
            { from: 0, to: 1, kind: 'convolution', side: 5, pool: 2, maximum: 1, fixed },
            { from: 1, to: 2, kind: 'convolution', side: 3, pool: 2, maximum: 1, fixed },
            { from: 0, to: 2, fixed },
            { from: 2, to: 3 },
          ],
        },
        'here',
      ),
    ).parts;
  const [changed, fixed] = [plan(false), plan(true)];
  const whole = (bytes: number) => Math.ceil(bytes / 8) * 8;
  expect(fixed).toEqual({
    ...changed,
    // Which of four places each unit took: of the input once a slot, of a layer on both sides of the contrast.
    states: changed.states - whole(7 * 288) - whole(7 * 2 * 16),
    // Sums, 64 bits each: of a line of a kernel, 3 × 8 rows of 4, or of 10 biases. A bit a place and slot: of 36 and of 4.
    contrasts: changed.contrasts - (3 * 8 * 4 - 10) * 8 - whole(7 * (5 + 1)),
  });
});

test('nothing is left out: the parts are the network, and the board is their sum', () => {
  fc.assert(
    fc.property(boards, recipes, (board, recipe) => {
      const {
        ram,
        stack,
        static: reserved,
        module,
        arena,
        needed,
        parts,
        spare,
        fits,
      } = planMemory(board, recipe);
      expect(Object.values(parts).reduce((sum, part) => sum + part)).toBe(needed);
      expect(arena - needed).toBe(spare);
      expect(fits).toBe(spare >= 0);
      // Less than the kernel's own variables is no arena at all.
      expect(arena).toBe(Math.max(ram - stack - reserved - module, 0));
    }),
    { numRuns: 50 },
  );
});

test('the parts of one hidden layer, by hand', () => {
  const recipe: Recipe = { ...smallRecipe(), network: '784-128-10', minibatch: 20 };
  const units = 128 + 10;
  expect(planMemory(pico, recipe).parts).toEqual({
    weights: 2 * (784 * 128 + 128 * 10),
    biases: 4 * units,
    drives: 4 * units,
    // A record a layer, a record a connection; each layer's changes and states, rounded up to 8 bytes; free, plus and minus
    // states of each example.
    states: 3 * 64 + 2 * 72 + 2 * 784 + 2 * (2 * 128) + 2 * (2 * 10 + 4) + 3 * 20 * 2 * units,
    // Pixels, labels, marks of the slots.
    images: 20 * 784 + 40 + 24,
    // A row, and by column its words; which layers moved, and the slots that did.
    contrasts: 8 * 128 + 4 * 128 + 2 * 20 + 2 * 20,
  });
});

test('the preset tiny has room on the board of 64 KB', () => {
  const tiny = checkRecipe(readPreset('tiny').values, 'tiny');
  expect(planMemory(readBoard('lm3s6965evb'), tiny)).toMatchObject({ fits: true, minibatch: 4 });
});

test('a second core has a stack and what it works with of its own, and shares all else', () => {
  const recipe: Recipe = { ...smallRecipe(), network: '784-128-10', minibatch: 20 };
  const [one, two] = [pico, readBoard('pico')].map((board) => planMemory(board, recipe));
  const { weights, biases, images } = one.parts;
  const units = 128 + 10;
  expect(two.parts).toEqual({
    ...{ weights, biases, images },
    drives: one.parts.drives + 4 * units,
    // Records, changes and states of layers.
    states: one.parts.states + 3 * 64 + 2 * 72 + 2 * 784 + 2 * (2 * 128) + 2 * (2 * 10 + 4),
    // A row, and the slots that moved.
    contrasts: one.parts.contrasts + 8 * 128 + 2 * 20,
  });
  expect(two).toMatchObject({ ram: one.ram, stack: 2 * one.stack, stackNeeded: 2 * one.stackNeeded });
});

test.each([
  ['Q0.7', 'Q3.12', { weights: 1, drives: 4 }],
  ['Q7.24', 'Q13.18', { weights: 4, drives: 8 }],
])('weights in %s take their bytes, their drives too', (weights, states, bytes) => {
  const changes = { network: '784-128-10', rates: [0.1, 0.1], weights, states };
  const plan = planMemory(pico, smallRecipe(changes));
  const units = 128 + 10;
  expect(plan.parts).toMatchObject({
    weights: bytes.weights * (784 * 128 + 128 * 10),
    biases: 4 * units,
    drives: bytes.drives * units,
  });
  expect(plan.storage).toBe(8 * bytes.weights);
});

test('states of the minibatch where the board has room for them, else sums of contrasts if those are fewer', () => {
  const recipe = checkRecipe(
    {
      ...smallValues,
      ...{ network: '28x28-conv5x4m-10', rates: [0.1, 0.1], 'weight-decay': [], minibatch: 80 },
    },
    'here',
  );
  const [roomy, small] = ['mps2-an386', 'netduinoplus2'].map((id) => planMemory(readBoard(id), recipe));
  const units = 4 * 12 * 12 + 10;
  expect([roomy.fits, small.fits]).toEqual([true, true]);
  expect(roomy.needed).toBeGreaterThan(small.arena);
  // Free, plus and minus states of each example, and what was chosen of the input, a byte a unit: of all, or of one.
  const whole = (bytes: number) => Math.ceil(bytes / 8) * 8;
  const states = (slots: number) => 3 * whole(slots * 2 * units) + whole(slots * 4 * 12 * 12);
  expect(roomy.parts.states - small.parts.states).toBe(states(80) - states(1));
});

describe('what would fit', () => {
  const fits = (board: typeof pico, recipe: Recipe) => planMemory(board, recipe).fits;

  test('does, and one more would not', () => {
    fc.assert(
      fc.property(boards, recipes, (board, recipe) => {
        const { widest, largestMinibatch } = planMemory(board, recipe);
        if (largestMinibatch !== undefined) {
          expect(fits(board, { ...recipe, minibatch: largestMinibatch })).toBe(true);
          if (largestMinibatch < 512)
            expect(fits(board, { ...recipe, minibatch: largestMinibatch + 1 })).toBe(false);
        } else expect(fits(board, { ...recipe, minibatch: 1 })).toBe(false);
        if (widest === undefined) return;
        expect(fits(board, { ...recipe, network: widest })).toBe(true);
        const [input, first, ...rest] = widest.split('-').map(Number);
        if (first < 65535 && rest.length === 1)
          expect(fits(board, { ...recipe, network: [input, first + 1, ...rest].join('-') })).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('a layer whose units are joined with each other has two at least', () => {
    const recipe = smallRecipe({
      ...{ network: '36-24-12-4', relaxation: 'euler', rates: [0.2, 0.1, 0.1, 0.1] },
      connections: [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 2, to: 3 },
        { from: 2, to: 2, kind: 'lateral' },
      ],
    });
    const room = (bytes: number) => ({
      ...pico,
      ram: { ...pico.ram, size: planMemory(pico, recipe).ram - planMemory(pico, recipe).arena + bytes },
    });
    const narrow = { ...recipe, network: '36-2-2-4', minibatch: 16 };
    const { needed } = planMemory(pico, narrow);
    expect(planMemory(room(needed), recipe).widest).toMatch(/^36-[2-4]-2-4$/);
    expect(planMemory(room(needed / 4), recipe).widest).toBeUndefined();
  });

  test('hidden layers keep their proportions', () => {
    const recipe: Recipe = { ...smallRecipe(), network: '784-400-100-10', minibatch: 1 };
    const [, first, second] = (planMemory(pico, recipe).widest ?? '').split('-').map(Number);
    expect(second).toBe(Math.floor(first / 4));
  });

  const two = (channels: number) => `28x28-conv5x${channels}m-conv5x${2 * channels}a-10`;
  const strided = (channels: number) => `28x28-conv7x${channels}s3-${Math.floor((20 * channels) / 6)}-10`;

  test.each([
    ['pico', 8, two],
    ['microbit', 8, two],
    ['pico', 6, strided],
  ])('%s: from %i channels more or fewer, whatever follows in proportion', (id, first, network) => {
    const board = readBoard(id);
    const changes = { network: network(first), states: 'Q3.12', rates: [0.1, 0.1, 0.1], minibatch: 1 };
    const recipe: Recipe = { ...smallRecipe(), ...changes };
    const { widest = '' } = planMemory(board, recipe);
    const channels = Number(/conv\dx(\d+)/.exec(widest)?.[1]);
    expect(widest).toBe(network(channels));
    expect(fits(board, { ...recipe, network: widest })).toBe(true);
    expect(fits(board, { ...recipe, network: network(channels + 1) })).toBe(false);
  });

  test('a smaller minibatch with a narrower network, where neither the one nor the other is enough', () => {
    fc.assert(
      fc.property(boards, recipes, (board, recipe) => {
        const { both, widest, largestMinibatch } = planMemory(board, recipe);
        if (!both) return;
        expect(largestMinibatch).toBeUndefined();
        expect(both.minibatch).toBeLessThan(recipe.minibatch);
        expect(fits(board, { ...recipe, ...both })).toBe(true);
        const unitsOf = (network = '0-0') => Number(network.split('-')[1]);
        const most = unitsOf(planMemory(board, { ...recipe, minibatch: 1 }).widest);
        expect(unitsOf(both.network)).toBeGreaterThanOrEqual(0.9 * most);
        expect(unitsOf(widest)).toBeLessThan(0.9 * most);
      }),
      { numRuns: 30 },
    );
  });

  test('a board of 16 KB holds a network of MNIST, with the smallest minibatch', () => {
    const plan = planMemory(readBoard('microbit'), { ...smallRecipe(), network: '784-32-10', minibatch: 20 });
    expect(plan).toMatchObject({ fits: false, largestMinibatch: undefined, widest: undefined });
    expect(plan.both).toEqual({
      network: expect.stringMatching(/^784-\d-10$/),
      minibatch: expect.any(Number),
    });
  });

  test('without a hidden layer only the minibatch can change', () => {
    const plan = planMemory(pico, { ...smallRecipe(), network: '784-10', minibatch: 512 });
    expect(plan).toMatchObject({ fits: false, widest: undefined });
    expect(plan.largestMinibatch).toBeGreaterThan(1);
  });

  test('nothing, where the inputs alone are too many', () => {
    const little = { ...pico, ram: { ...pico.ram, size: 8192 } };
    expect(planMemory(little, { ...smallRecipe(), network: '65535-100-100' })).toMatchObject({
      fits: false,
      widest: undefined,
      largestMinibatch: undefined,
    });
  });
});

test('beyond 32-bit addresses', () => {
  const recipe: Recipe = { ...smallRecipe(), network: '65535-65535-10' };
  expect(() => planMemory(pico, recipe)).toThrow(
    expect.objectContaining({ name: 'UserError', hint: expect.stringContaining('smaller network') }),
  );
});

describe('without a host', () => {
  test('nine tenths of the flash of a Pico predict in its RAM, and do not learn in it', () => {
    const recipe = checkRecipe({ ...smallValues, network: '784-1190-10' }, 'test');
    const weights = 2 * (784 * 1190 + 1190 * 10) + 4 * 1200;
    const predicting = planDeployed(pico, recipe, 'predicting');
    expect(predicting).toMatchObject({ constants: weights, fits: true });
    expect(weights).toBeGreaterThan(0.9 * pico.flash.size);
    expect(weights).toBeGreaterThan(7 * pico.ram.size);
    expect(planDeployed(pico, recipe, 'learning').fits).toBe(false);
  });

  test('learning takes what the module takes, the weights of fixed connections apart', () => {
    const recipe = (fixed: boolean) =>
      checkRecipe(
        {
          ...readPreset('tiny').values,
          connections: [
            { from: 0, to: 1, fixed },
            { from: 1, to: 2 },
          ],
        },
        'test',
      );
    const [free, fixed] = [false, true].map((which) => planDeployed(pico, recipe(which), 'learning').ram);
    expect(free - fixed).toBeGreaterThanOrEqual(2 * 784 * 32);
  });
});
