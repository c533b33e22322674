import { expect, test } from 'vitest';
import { graphOf } from '#host/model/index';
import { alignments } from '#host/training/alignment';

const keys = { network: '1-2-2', 'receptive-fields': 'all', seed: 1 } as const;
const input = Int16Array.of(1, 1);

test('cos(W, Bᵀ): 3 · 4 + 4 · 3 of 25', () => {
  const graph = graphOf({ ...keys, connections: [], feedback: 'untied' });
  const weights = [input, Int16Array.of(3, 4, 0, 0), Int16Array.of(4, 3, 0, 0)];
  expect(alignments(graph, weights)).toEqual([24 / 25]);
  expect(alignments(graph, [input, weights[1], new Int16Array(4)])).toEqual([null]);
});

test('ways that are one have none', () => {
  expect(alignments(graphOf({ ...keys, connections: [] }), [input, new Int16Array(4)])).toEqual([]);
});
