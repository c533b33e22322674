/** Distances of a pulled input from its image against a case by hand. */
import { expect, test } from 'vitest';
import { squaredDistance } from '#host/reproduction/equilibrium-propagation/soft-inputs';
import { chained } from '../../reference/networks.js';

test('squares are summed over the states of the input alone, sample by sample', () => {
  const network = chained(
    [2, 2, 1],
    [new Float64Array(4), new Float64Array(2)],
    [new Float64Array(2), new Float64Array(1)],
  );
  const states = Float64Array.of(0.5, 1, 0.9, 0, 0.25, 0.9);
  // Images of ½ and ¾, ¼ and ¼.
  const images = Uint8Array.of(128, 192, 64, 64);
  expect(squaredDistance(network, states, images)).toBeCloseTo(0 + 0.25 ** 2 + 0.25 ** 2 + 0, 12);
});
