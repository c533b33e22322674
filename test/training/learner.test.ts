/** Products that a device tells: none that an honest one can take is called a lie. */
import { expect, test } from 'vitest';
import type { Endpoint } from '#host/endpoint/index';
import { Learner } from '#host/training/index';
import { VerificationError } from '#host/verification/index';
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
