import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochOrder, identityOrder } from '#host/data/order';

test('an order is a permutation, the same for the same seed and epoch', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer(), fc.nat(1000), (count, seed, epoch) => {
      const order = epochOrder(count, seed, epoch);
      expect(Uint32Array.from(order).sort()).toEqual(identityOrder(count));
      expect(epochOrder(count, seed, epoch)).toEqual(order);
    }),
    { numRuns: 100 },
  );
});

test('epochs and seeds have different orders', () => {
  const orders = [
    epochOrder(50, 1, 0),
    epochOrder(50, 1, 1),
    epochOrder(50, 2, 0),
    epochOrder(50, 2, 1),
    identityOrder(50),
  ];
  expect(new Set(orders.map((order) => order.join())).size).toBe(orders.length);
});

test('every sample is as likely in every place', () => {
  const count = 6;
  const epochs = 6000;
  const places = new Uint32Array(count * count);
  for (let epoch = 0; epoch < epochs; epoch++) {
    epochOrder(count, 7, epoch).forEach((sample, place) => {
      places[sample * count + place] += 1;
    });
  }
  const mean = epochs / count;
  const deviation = Math.sqrt(mean * (1 - 1 / count));
  for (const times of places) expect(Math.abs(times - mean)).toBeLessThan(5 * deviation);
});

test('without shuffling the files’ own order', () => {
  expect([...identityOrder(4)]).toEqual([0, 1, 2, 3]);
  expect(identityOrder(0)).toHaveLength(0);
});
