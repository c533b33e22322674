/** An input that is pulled, not held, on a network worked out by hand, and beside one that is held. */
import { describe, expect, test } from 'vitest';
import { graphOf } from '#host/model/index';
import { type Batch, relaxMinibatch } from '#host/reference/minibatch';
import { ReferenceNetwork } from '#host/reference/network';
import type { Dynamics } from '#host/reference/relaxation';
import { makeCase, uniform } from './networks.js';

const pulledGraph = (network: string) =>
  graphOf({ network, connections: [], 'receptive-fields': 'all', seed: 1, 'input-pull': 1 });

const settled = { freeIterations: 1000, nudgedIterations: 1000 };

describe.each([
  { relaxation: 'exact', epsilon: 1 },
  { relaxation: 'euler', epsilon: 0.4 },
] as const)('$relaxation', (kind) => {
  test('it comes to rest between the image and what the output sends back', () => {
    // x = (.5 y + 2 · .5) / 3, y = .1 + .5 x: x = 1.05 / 2.75; nudged by 1 towards 1: y = (1.1 + .5 x) / 2, x = 1.275 / 2.875.
    const network = new ReferenceNetwork(
      pulledGraph('1-1'),
      [Float64Array.of(0.5)],
      [Float64Array.of(0), Float64Array.of(0.1)],
    );
    const dynamics: Dynamics = { ...kind, ...settled, nudge: 1, inputPull: 2 };
    const batch: Batch = { images: Uint8Array.of(128), labels: Uint8Array.of(0) };
    const { free, plus, minus } = relaxMinibatch(network, dynamics, batch, 'positive');
    const [x, nudgedX] = [1.05 / 2.75, 1.275 / 2.875];
    expect([...free]).toEqual([expect.closeTo(x, 12), expect.closeTo(0.1 + 0.5 * x, 12)]);
    expect([...plus]).toEqual([expect.closeTo(nudgedX, 12), expect.closeTo((1.1 + 0.5 * nudgedX) / 2, 12)]);
    expect(minus).toBe(free);
  });
});

test('pulled without end it is held', () => {
  const { network: held } = makeCase([6, 5, 4, 3], 3, 0.5);
  const network = new ReferenceNetwork(pulledGraph('6-5-4-3'), held.weights, [
    new Float64Array(6),
    ...held.biases,
  ]);
  const draw = uniform(3);
  const batch: Batch = {
    images: Uint8Array.from({ length: 4 * 6 }, () => draw(0, 256)),
    labels: Uint8Array.of(0, 1, 2, 0),
  };
  const dynamics: Dynamics = { ...settled, relaxation: 'exact', epsilon: 1, nudge: 1 };
  const pulled = relaxMinibatch(network, { ...dynamics, inputPull: 1e12 }, batch, 'positive');
  const other = relaxMinibatch(held, dynamics, batch, 'positive');
  const units = 5 + 4 + 3;
  for (const side of ['free', 'plus'] as const)
    other[side].forEach((state, i) => {
      const at = Math.floor(i / units) * (units + 6) + 6 + (i % units);
      expect(pulled[side][at]).toBeCloseTo(state, 9);
    });
  expect(pulled.predictions).toEqual(other.predictions);
});
