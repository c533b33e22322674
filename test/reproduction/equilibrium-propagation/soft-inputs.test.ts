/** Soft inputs on networks that are worked out by hand, and beside the reference's clamped ones. */
import { expect, test } from 'vitest';
import { type Batch, relaxMinibatch } from '#host/reference/index';
import { squaredDistance } from '#host/reproduction/equilibrium-propagation/soft-inputs';
import { relaxSoftly, softNetwork } from '#host/reproduction/equilibrium-propagation/soft-relaxation';
import { floatRecipe } from '#host/reproduction/float-networks';
import { initialReference } from '#host/verification/index';
import { chained, uniform } from '../../reference/networks.js';

test('the input comes to rest between the image and what the output sends back', () => {
  // x = (.5 y + 2 · .5) / 3, y = .1 + .5 x: x = 1.05 / 2.75; nudged by 1 towards 1: y = (1.1 + .5 x) / 2, x = 1.275 / 2.875.
  const network = chained(
    [1, 1, 1],
    [Float64Array.of(0), Float64Array.of(0.5)],
    [Float64Array.of(0), Float64Array.of(0.1)],
  );
  const dynamics = { push: 2, nudge: 1, freeIterations: 100, nudgedIterations: 100 };
  const batch: Batch = { images: Uint8Array.of(128), labels: Uint8Array.of(0) };
  const { free, plus, minus } = relaxSoftly(network, dynamics, batch);
  const [x, nudgedX] = [1.05 / 2.75, 1.275 / 2.875];
  expect([...free]).toEqual([expect.closeTo(x, 12), expect.closeTo(0.1 + 0.5 * x, 12)]);
  expect([...plus]).toEqual([expect.closeTo(nudgedX, 12), expect.closeTo((1.1 + 0.5 * nudgedX) / 2, 12)]);
  expect(minus).toBe(free);
  expect(squaredDistance(network, free, batch.images)).toBeCloseTo((x - 0.5) ** 2, 12);
});

test('pushed without end it is clamped', () => {
  const recipe = floatRecipe('6-5-4-3', { nudging: 'positive', beta: 1, rates: [0.1, 0.1, 0.1] });
  const draw = uniform(3);
  const batch: Batch = {
    images: Uint8Array.from({ length: 4 * 6 }, () => draw(0, 256)),
    labels: Uint8Array.of(0, 1, 2, 0),
  };
  const dynamics = { nudge: 1, freeIterations: 1000, nudgedIterations: 1000 };
  const soft = relaxSoftly(softNetwork(recipe), { ...dynamics, push: 1e12 }, batch);
  const held = relaxMinibatch(
    initialReference(recipe),
    { ...dynamics, relaxation: 'exact', epsilon: 0.5 },
    batch,
    'positive',
  );
  const units = 5 + 4 + 3;
  for (const side of ['free', 'plus'] as const)
    held[side].forEach((state, i) => {
      const at = Math.floor(i / units) * (units + 6) + 6 + (i % units);
      expect(soft[side][at]).toBeCloseTo(state, 9);
    });
  expect(soft.predictions).toEqual(held.predictions);
});
