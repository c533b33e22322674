import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostModule, portableModule } from '#host/kernel/index';
import {
  checkRecipe,
  configureRequest,
  forEachJoint,
  formatsOf,
  graphOf,
  initialiseRequest,
  type Recipe,
  ratesAt,
  trainRequest,
} from '#host/model/index';
import { ConnectionRecord, type ErrorName, LayerRecord, packImage } from '#host/wire/index';
import { smallValues } from '../centered.js';
import { Kernel } from '../kernel/networks.js';
import { LENGTH } from '../length.js';
import { holdsItsLaws } from './laws.js';

const small = fc.integer({ min: 1, max: 3 });

/** Kernels that overlap, touch, reach over the edge or leave units out; places that are pooled or not. */
function joints(
  most: number,
  channels: fc.Arbitrary<number>,
  after: fc.Arbitrary<number>,
  across = fc.integer({ min: 1, max: most }),
) {
  const few = fc.integer({ min: 1, max: most });
  return fc
    .record({
      channels,
      side: few,
      stride: few,
      padding: fc.nat(most),
      pool: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 3 })),
      maximum: fc.integer({ min: 0, max: 1 }),
      rows: fc.integer({ min: 1, max: 2 }),
      columns: across,
      rest: fc.nat(1),
      after,
      next: fc.option(
        fc.record({ wide: fc.boolean(), maximum: fc.integer({ min: 0, max: 1 }), channels: small }),
        {
          nil: undefined,
        },
      ),
    })
    .map(({ side, stride, pool, maximum, rows, columns, rest, next, ...of }) => {
      const padding = Math.min(of.padding, side - 1);
      // Lines that the last place does not reach make none more.
      const lines = (places: number) =>
        Math.max(1, (places * pool - 1) * stride + side - 2 * padding + Math.min(rest, stride - 1));
      const pre = { channels: of.channels, rows: lines(rows), columns: lines(columns) };
      return {
        pre,
        post: { channels: of.after, rows, columns },
        words: { side, stride, padding, pool, maximum },
        next: next && following({ rows, columns }, next),
      };
    })
    .filter(({ pre, post, words: { side, stride, padding, pool } }) => {
      const places = (count: number) => Math.floor((count + 2 * padding - side) / stride) + 1;
      // As an input it is an image, which a message must carry.
      const fits = pre.rows * pre.columns * pre.channels <= 900;
      return fits && places(pre.rows) === post.rows * pool && places(pre.columns) === post.columns * pool;
    });
}

/** Pools all places where those are square, or looks at them all at once. */
function following(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  {
    wide,
    maximum,
    channels,
  }: { readonly wide: boolean; readonly maximum: number; readonly channels: number },
) {
  const least = Math.min(rows, columns);
  const side = wide ? least : 1;
  const pool = wide || rows !== columns ? 1 : least;
  return {
    post: { channels, rows: (rows - side + 1) / pool, columns: (columns - side + 1) / pool },
    words: { side, stride: 1, padding: 0, pool, maximum },
  };
}

/** Now and then wide enough for whole vectors of the host's build and a rest. */
const channels = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: 27 }) },
);

/** Whole vectors of units below, too, and lines of more places than a mask of them has bits. */
const deep = joints(2, fc.integer({ min: 8, max: 17 }), channels);
const long = joints(2, fc.constant(1), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 17, max: 40 }));
const one = fc.constant(1);

holdsItsLaws(
  'convolution',
  fc.oneof(
    { weight: 8, arbitrary: joints(3, small, channels) },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: long },
  ),
  joints(2, one, fc.integer({ min: 1, max: 2 })),
);

test.each([
  ['patches of more rows than the host’s build queues', '6x6-conv1x24-conv5x3-4'],
  ['places of more channels', '5x5-conv1x2-conv5x530-4'],
  ['wide places that no patch reaches', '6x6-conv1x24-conv3x3s2-4'],
])('%s give the same bits in every build', (_, network) => {
  const values = { network, rates: [0.1, 0.1, 0.1], 'weight-decay': [], 'initial-scale': 1, minibatch: 2 };
  const recipe = checkRecipe({ ...smallValues, ...values }, 'here');
  const size = graphOf(recipe).inputs;
  const digests = [portableModule(16), hostModule(16)].map((module) => {
    const kernel = new Kernel(1 << 22, undefined, module);
    kernel.execute('configure', configureRequest(recipe));
    kernel.execute('initialise', initialiseRequest(recipe));
    for (let slot = 0; slot < 2; slot++) {
      const image = packImage(Uint8Array.from({ length: size }, (_, i) => 90 + ((i * 37 + slot * 11) % 160)));
      kernel.execute('sample', { slot, label: slot, image });
    }
    const { weights, states } = kernel.execute('train', trainRequest(0, 2, ratesAt(recipe, 0, 1, 2)));
    return { weights, states };
  });
  expect(digests[1]).toEqual(digests[0]);
});

const recipeOf = (network: string, words: Readonly<Record<string, number>>, more = {}) =>
  checkRecipe(
    {
      ...smallValues,
      ...{ network, 'weight-decay': [], ...more },
      connections: [
        { from: 0, to: 1, kind: 'convolution', ...words },
        { from: 1, to: 2 },
      ],
    },
    'here',
  );

test.each([
  ['summed', 0, { places: 4, by: 'sum' }],
  ['compared', 1, { places: 4, by: 'maximum' }],
] as const)('each weight joins as many pairs of units as places are %s', (_, maximum, pooled) => {
  const words = { side: 3, stride: 2, pool: 2, maximum };
  const { layers, connections } = graphOf(recipeOf('2x9x13-3x2x3-4', words));
  const [{ map, weights }] = connections;
  expect([weights, map.pooled]).toEqual([3 * 3 * 2 * 3, pooled]);
  const pairs = new Array<number>(weights).fill(0);
  forEachJoint(map, layers[0].units, layers[1].units, (_i, _j, element) => {
    pairs[element]++;
  });
  expect(pairs).toEqual(pairs.map(() => 2 * 3 * 4));
  // An example takes one of the places that are compared.
  expect(map.repeats).toBe(maximum ? 2 * 3 : 2 * 3 * 4);
});

test.each<[string, Readonly<Record<string, number>>, string, string]>([
  ['28x28-4x9x9-10', { side: 29 }, 'side 29 in a layer of 28 × 28', 'from 1 to 28'],
  ['28x28-4x9x9-10', { side: 0 }, 'side 0 in a layer of 28 × 28', 'from 1 to 28'],
  ['28x28-4x9x9-10', { side: 31, padding: 1 }, 'side 31, padding 1 in', 'from 1 to 30'],
  ['28x28-4x9x9-10', { side: 256, padding: 200 }, 'side 256, padding 200 in', 'from 1 to 255'],
  ['784-4x9x9-10', { side: 5 }, 'side 5 in a layer of 1 × 1', 'as 28x28'],
  ['28x28-4x9x9-10', { side: 5, stride: 0 }, 'side 5, stride 0 in', 'from 1 to 63'],
  ['28x28-4x9x9-10', { side: 5, stride: 64 }, 'side 5, stride 64 in', 'from 1 to 63'],
  ['28x28-4x9x9-10', { side: 5, padding: 5 }, 'side 5, padding 5 in', 'from 0 to 4'],
  ['28x28-4x9x9-10', { side: 5, pool: 0 }, 'pools 0 × 0 places', 'from 1 to 15'],
  ['28x28-4x9x9-10', { side: 5, pool: 16 }, 'pools 16 × 16 places', 'from 1 to 15'],
  ['28x28-4x9x9-10', { side: 5, maximum: 2 }, 'maximum 2', 'write 1'],
  [
    '28x28-4x9x9-10',
    { side: 5, pool: 5 },
    '24 × 24 places in a layer of 28 × 28, which pools of 5 × 5',
    '1, 2, 3, 4, 6, 8, 12; or a side of 4 or 9',
  ],
  ['28x28-4x9x9-10', { side: 5, pool: 2 }, 'to one of 9 × 9', '4x12x12 in network'],
  ['28x30-4x12x12-10', { side: 5, pool: 2 }, 'to one of 12 × 12', '4x12x13 in network'],
])('%s has no convolution of %j', (network, words, message, hint) => {
  expect(() => recipeOf(network, words)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(`^here: connection 1: a convolution .*${message}`),
      hint: expect.stringContaining(hint),
    }),
  );
});

describe('the kernel', () => {
  const possible = recipeOf('9x11-3x3x4-4', { side: 4, pool: 2 });
  const configure = (recipe: Recipe, change: (records: Buffer) => void = () => undefined) => {
    const { storage } = formatsOf(recipe);
    const request = configureRequest(recipe);
    const records = Buffer.from(request.records);
    change(records);
    return new Kernel(1 << 22, undefined, portableModule(storage)).execute('configure', {
      ...request,
      records,
    });
  };
  const refused = (error: ErrorName, value: number, limit: number, place: number) =>
    expect.objectContaining({ error, value, limit, place });

  /** Side, stride, padding, pool and maximum, and the error's value and limit: what is there, and what would fit. */
  test.each([
    [[0, 1, 0, 2, 0], 0, 9],
    [[10, 1, 0, 2, 0], 10, 9],
    [[256, 1, 200, 2, 0], 256, 255],
    [[4, 0, 0, 2, 0], 0, 63],
    [[4, 64, 0, 2, 0], 64, 63],
    [[4, 1, 4, 2, 0], 4, 3],
    [[4, 1, 0, 0, 0], 0, 15],
    [[4, 1, 0, 16, 0], 16, 15],
    [[4, 1, 0, 2, 2], 2, 1],
    // Places there are, and places that the kernel comes to.
    [[5, 1, 0, 2, 0], 6, 5],
    [[4, 1, 0, 1, 0], 3, 6],
  ] as const)('has no convolution of %j', (words, value, limit) => {
    const at = 3 * LayerRecord.size + ConnectionRecord.size - 2 * words.length;
    expect(configure(possible).units).toBe(36 + 4);
    const change = (records: Buffer) => {
      for (const [n, word] of words.entries()) records.writeUInt16LE(word, at + 2 * n);
    };
    expect(() => configure(possible, change)).toThrow(refused('badWords', value, limit, 0));
  });

  test('has none whose columns do not meet', () => {
    const columns = 4;
    expect(() => configure(possible, (records) => records.writeUInt16LE(12, columns))).toThrow(
      refused('badWords', 8, 9, 0),
    );
  });

  test('has no sum of rates that may not fit a state', () => {
    const recipe = recipeOf('9x11-3x3x4-4', { side: 4, pool: 2 }, { weights: 'Q1.14', states: 'Q3.12' });
    expect(configure(recipe).units).toBe(36 + 4);
    const finer = { ...configureRequest(recipe), stateFraction: 13 };
    expect(() => new Kernel(1 << 16).execute('configure', finer)).toThrow(refused('badFormat', 15, 14, 3));
  });

  test('has no minibatch whose contrasts may not fit their sum', () => {
    const wide = { weights: 'Q7.24', states: 'Q13.18' };
    // Places of the second connection: 8 × 8, and 36 bits of two rates.
    const of = (more: object) =>
      checkRecipe(
        {
          ...smallValues,
          network: '12x12-conv3x2-conv3x2-4',
          rates: [0.1, 0.1, 0.1],
          'weight-decay': [],
          ...wide,
          ...more,
        },
        'here',
      );
    const recipe = of({ minibatch: 16 });
    expect(configure(recipe).units).toBe(200 + 128 + 4);
    expect(() => of({ minibatch: 17 })).toThrow('connection 2 sums 17 × 64 products');
    const larger = { ...configureRequest(recipe), batch: 17 };
    expect(() => new Kernel(1 << 20, undefined, portableModule(32)).execute('configure', larger)).toThrow(
      refused('badSum', 47, 46, 1),
    );
  });

  test('refuses a minibatch on the device where it does on the host, and tells the bits of its sums', () => {
    const drawn = fc
      .record({
        side: fc.integer({ min: 6, max: 14 }),
        batch: fc.integer({ min: 1, max: 64 }),
        fraction: fc.integer({ min: 15, max: 18 }),
        pool: fc.constantFrom('', 'a', 'm'),
      })
      .filter(({ side, pool }) => pool === '' || side % 2 === 0);
    const kernel = new Kernel(1 << 24, undefined, portableModule(32));
    fc.assert(
      fc.property(drawn, ({ side, batch, fraction, pool }) => {
        const of = (minibatch: number) =>
          checkRecipe(
            {
              ...smallValues,
              ...{
                network: `${side}x${side}-conv3x2-conv3x2${pool}-4`,
                rates: [0.1, 0.1, 0.1],
                'weight-decay': [],
              },
              ...{ weights: 'Q7.24', states: `Q${31 - fraction}.${fraction}`, minibatch },
            },
            'here',
          );
        const configured = () =>
          kernel.execute('configure', { ...configureRequest(of(1)), batch, shift: 0 }).units;
        // The second connection sums most: so many places of every example, of two rates each. An average has all of its places'.
        const units = pool === '' ? (side - 4) ** 2 : ((side - 4) / 2) ** 2;
        const places = pool === 'a' ? 4 * units : units;
        const bits = (batch * places - 1).toString(2).length + 2 * fraction;
        if (bits <= 46) {
          expect(of(batch).minibatch).toBe(batch);
          expect(configured()).toBe(2 * (side - 2) ** 2 + 2 * units + 4);
        } else {
          expect(() => of(batch)).toThrow(`connection 2 sums ${batch} × ${places} products`);
          expect(configured).toThrow(refused('badSum', bits, 46, 1));
        }
      }),
      { numRuns: 60 * LENGTH },
    );
  });
});
