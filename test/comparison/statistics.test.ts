import { expect, test } from 'vitest';
import { pairedDifference, signalToNoise } from '#host/comparison/statistics';

test('differences are paired by seed, whatever the order, and by none that one alone has', () => {
  const device = new Map([
    [1, 5],
    [2, 7],
    [3, 6.5],
    [9, 100],
  ]);
  const reference = new Map([
    [3, 6],
    [1, 4.8],
    [2, 6.7],
    [8, -100],
  ]);
  // 0.2, 0.3, 0.5: mean 1/3, deviation √(0.14/3/2 · …) = 0.152753, interval 4.3027 · 0.152753 / √3.
  const found = pairedDifference(device, reference);
  expect(found?.count).toBe(3);
  expect(found?.mean).toBeCloseTo(1 / 3, 12);
  expect(found?.deviation).toBeCloseTo(0.152753, 6);
  expect(found?.halfWidth).toBeCloseTo(0.37946, 4);
});

test('what two seeds share shows through what tells the seeds apart', () => {
  const found = pairedDifference(
    new Map([
      [1, 10],
      [2, 90],
    ]),
    new Map([
      [1, 9],
      [2, 89],
    ]),
  );
  expect(found).toMatchObject({ mean: 1, deviation: 0, halfWidth: 0 });
});

test('decibels', () => {
  expect(signalToNoise(1000, 1)).toBeCloseTo(30, 12);
  expect(signalToNoise(1, 0)).toBe(Number.POSITIVE_INFINITY);
});
