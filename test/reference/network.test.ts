import { describe, expect, test } from 'vitest';
import { glorotLimit } from '#host/model/index';
import { ReferenceNetwork } from '#host/reference/network';
import { chain, chained } from './networks.js';

const WORD = (1n << 32n) - 1n;

/** lowbias32 in BigInt: an independent witness of the 32-bit arithmetic. */
function mix(word: bigint): bigint {
  let x = word & WORD;
  x = ((x ^ (x >> 16n)) * 0x7feb352dn) & WORD;
  x = ((x ^ (x >> 15n)) * 0x846ca68bn) & WORD;
  return x ^ (x >> 16n);
}

function weightWord(seed: number, index: number): number {
  const key = mix(mix(mix(BigInt(seed) ^ 0x9e3779b9n) + 0n) + 0n);
  return Number(BigInt.asIntN(32, mix(key ^ ((BigInt(index) * 0x9e3779b9n) & WORD))));
}

describe('initial weights', () => {
  const layers = [40, 50, 10];
  const limits = layers.slice(1).map((post, k) => glorotLimit(layers[k], post));

  test('are drawn by index through all connections, row-major', () => {
    for (const seed of [0, 1, 123456789]) {
      const { weights, biases } = ReferenceNetwork.initial(chain(layers), seed, limits);
      weights[0].forEach((weight, i) => {
        expect(weight).toBe((limits[0] * weightWord(seed, i)) / 2 ** 31);
      });
      weights[1].forEach((weight, i) => {
        expect(weight).toBe((limits[1] * weightWord(seed, 40 * 50 + i)) / 2 ** 31);
      });
      expect(biases).toEqual([new Float64Array(50), new Float64Array(10)]);
    }
  });

  test('are uniform within the limit', () => {
    const { weights } = ReferenceNetwork.initial(chain(layers), 5, limits);
    weights.forEach((matrix, k) => {
      const limit = limits[k];
      const mean = matrix.reduce((sum, weight) => sum + weight, 0) / matrix.length;
      const variance = matrix.reduce((sum, weight) => sum + weight ** 2, 0) / matrix.length;
      expect(Math.max(...matrix.map(Math.abs))).toBeLessThanOrEqual(limit);
      expect(Math.max(...matrix.map(Math.abs))).toBeGreaterThan(0.97 * limit);
      // Five standard errors: of the mean limit / √(3n), of the mean square limit² √(4 / 45n).
      expect(Math.abs(mean)).toBeLessThan((5 * limit) / Math.sqrt(3 * matrix.length));
      expect(Math.abs(variance - limit ** 2 / 3)).toBeLessThan(
        5 * limit ** 2 * Math.sqrt(4 / 45 / matrix.length),
      );
    });
  });
});

test('a clone shares nothing', () => {
  const graph = chain([3, 4, 2]);
  const network = ReferenceNetwork.initial(graph, 1, [1, 1]);
  const clone = network.clone();
  expect(clone).toEqual(network);
  clone.weights[1][0] += 1;
  clone.biases[0][0] += 1;
  expect(network).toEqual(ReferenceNetwork.initial(graph, 1, [1, 1]));
});

test('shapes that do not fit are refused', () => {
  const matrix = new Float64Array(6);
  expect(() => chained([3, 2], [matrix], [new Float64Array(3)])).toThrow('layer 1 has 3 biases, not 2');
  expect(() => chained([2, 2], [matrix], [new Float64Array(2)])).toThrow('connection 0 has 6 weights, not 4');
  expect(() => chained([3, 2], [], [])).toThrow('0 matrices and 0 bias vectors for 1 connections');
});
