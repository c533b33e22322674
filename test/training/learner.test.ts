/** Products that a device tells: none that an honest one can take is called a lie. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Endpoint } from '#host/endpoint/index';
import { Link } from '#host/link/link';
import { ratesAt } from '#host/model/index';
import { Learner } from '#host/training/index';
import { VerificationError } from '#host/verification/index';
import { packImage } from '#host/wire/index';
import { LENGTH } from '../length.js';
import { FaultyLine } from '../link/faulty-line.js';
import { begin, epochsOf, roomForRuns } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';

const { data, fresh } = roomForRuns();

const between = {
  network: '6x6-4x6x6-6x2x2-4',
  connections: [
    { from: 0, to: 1, kind: 'convolution', side: 3, padding: 1 },
    { from: 1, to: 2, kind: 'convolution', side: 3, pool: 2, maximum: 1 },
    { from: 1, to: 3 },
    { from: 2, to: 3 },
  ],
  rates: [0.1, 0.1, 0.1, 0.1],
};

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['a maximum', { network: '6x6-conv3x4m-4', rates: [0.1, 0.1] }],
  ['an average', { network: '6x6-conv3x4a-4', rates: [0.1, 0.1] }],
  ['strides', { network: '6x6-conv2x4s2-conv2x3-4', rates: [0.1, 0.1, 0.1] }],
  ['a maximum between hidden layers', between],
  // Every unit moves in every iteration.
  ['the same by Euler steps', { ...between, relaxation: 'euler', epsilon: 0.1 }],
])('%s: as many as an honest device takes', async (_, changes) => {
  const recipe = smallRecipe({ ...changes, states: 'Q3.12', epochs: 1, training: '0..64' });
  const [{ products }] = epochsOf(await begin({ data, folder: fresh(), recipe }));
  expect(products).toBeGreaterThan(36);
});

/** Kernels that overlap, touch or reach over the edge; places that are summed, chosen from or neither; one or two of them. */
const convolutions = fc
  .record({
    side: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    padding: fc.nat(2),
    pool: fc.integer({ min: 1, max: 3 }),
    maximum: fc.nat(1),
    channels: fc.integer({ min: 1, max: 9 }),
    rows: fc.integer({ min: 1, max: 3 }),
    next: fc.option(fc.nat(1)),
    relaxation: fc.constantFrom('exact', 'euler'),
    image: fc.uint8Array({ minLength: 400, maxLength: 400 }),
  })
  .map(({ channels, rows, next, relaxation, image, ...drawn }) => {
    const { side, stride, pool } = drawn;
    const padding = Math.min(drawn.padding, side - 1);
    const lines = Math.max(1, (rows * pool - 1) * stride + side - 2 * padding);
    const hidden = [`${channels}x${rows}x${rows}`, ...(next === null ? [] : ['3x1x1'])];
    const convolution = { kind: 'convolution', side, stride, padding, pool, maximum: drawn.maximum };
    // All places pooled, by their sum or their maximum.
    const second = { from: 1, to: 2, kind: 'convolution', side: 1, pool: rows, maximum: next };
    const changes = {
      network: [`${lines}x${lines}`, ...hidden, 4].join('-'),
      connections: [
        { from: 0, to: 1, ...convolution },
        ...(next === null ? [] : [second]),
        { from: hidden.length, to: hidden.length + 1 },
      ],
      rates: Array(hidden.length + 1).fill(0.1),
      ...{ states: 'Q6.9', relaxation, 'initial-scale': 1, minibatch: 2 },
    };
    const fits = (lines + 2 * padding - side) / stride + 1 === rows * pool;
    return { changes, image: image.subarray(0, lines * lines), fits };
  })
  .filter(({ fits, image }) => fits && image.length <= 400);

test('any convolution: an honest device is believed, a liar is not', async () => {
  let trained = 0;
  await fc.assert(
    fc.asyncProperty(convolutions, fc.bigInt({ min: 1n, max: 1n << 40n }), async (drawn, beyond) => {
      const recipe = smallRecipe(drawn.changes);
      const line = new FaultyLine({ seed: 1, arena: 1 << 18 });
      const link = await Link.open(line, { patience: 8000 });
      try {
        const learner = new Learner(link, recipe);
        await learner.configure();
        await learner.initialise();
        const before = await learner.products();
        for (let slot = 0; slot < 2; slot++)
          await link.post('sample', { slot, label: slot, image: packImage(drawn.image) });
        await learner.train(0, 2, ratesAt(recipe, 0, 1, 2));
        const products = await learner.productsSince(before, 2);
        if (products > 0) trained++;
        // More than if all units were joined, for every place of them, in twice as many iterations of both ends.
        const { layers, connections } = learner.graph;
        const pairs = connections.reduce(
          (sum, { pre, post, map }) =>
            sum + layers[pre].units * layers[post].units * (map.pooled?.places ?? 1),
          0,
        );
        const iterations = recipe['free-iterations'] + 2 * recipe['nudged-iterations'];
        const lie = BigInt(2 * pairs * 4 * (iterations + 4)) + beyond;
        const telling = (told: bigint) =>
          new Learner({ request: async () => ({ products: told }) } as unknown as Endpoint, recipe);
        await expect(telling(before + lie).productsSince(before, 2)).rejects.toThrow('at most');
        await expect(telling(before).productsSince(before + beyond, 2)).rejects.toThrow('fell from');
        expect(await telling(before + BigInt(products)).productsSince(before, 2)).toBe(products);
      } finally {
        link.close();
        line.destroy();
      }
    }),
    { numRuns: 40 * LENGTH },
  );
  expect(trained).toBeGreaterThan(20);
});

test('more than a few for each weight, place and iteration are not', async () => {
  const telling = (products: bigint) =>
    new Learner(
      { request: async () => ({ products }) } as unknown as Endpoint,
      smallRecipe({
        network: '28x28-conv5x8m-conv5x16a-10',
        rates: [0.1, 0.1, 0.1],
        states: 'Q3.12',
        'free-iterations': 40,
        'nudged-iterations': 20,
      }),
    );
  const joined = 25 * 8 * 24 * 24 + 25 * 8 * 16 * 8 * 8 + 256 * 10;
  const most = 4 * joined * (40 + 2 * 20 + 4);
  expect(await telling(3n * BigInt(most)).productsSince(0n, 3)).toBe(3 * most);
  await expect(telling(3n * BigInt(most) + 1n).productsSince(0n, 3)).rejects.toThrow(VerificationError);
});
