import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawWindows } from '#host/model/connections/windows';
import type { Shape } from '#host/model/index';
import { graphOf } from '#host/model/index';
import { vector } from '../kernel/networks.js';
import { holdsItsLaws } from './laws.js';

function joints(channels: number, side: number, post: fc.Arbitrary<Shape>) {
  const sides = fc.integer({ min: 1, max: side });
  return fc
    .record({ channels: fc.integer({ min: 1, max: channels }), rows: sides, columns: sides, post })
    .chain(({ post: to, ...pre }) => {
      const window = fc.integer({ min: 1, max: Math.min(pre.rows, pre.columns) });
      return fc.tuple(window, window).map(([a, b]) => ({
        pre,
        post: to,
        words: { least: Math.min(a, b), most: Math.max(a, b) },
      }));
    });
}

const few = fc.integer({ min: 1, max: 3 }).map((channels) => ({ channels, rows: 1, columns: 1 }));

holdsItsLaws('windows', joints(3, 7, vector), joints(1, 3, few));

test('windows have the sides that were asked for, and all of them', () => {
  const pre = { channels: 1, rows: 12, columns: 20 };
  const post = { channels: 500, rows: 1, columns: 1 };
  const drawn = drawWindows({ pre, post, words: { least: 2, most: 9 }, seed: 5, index: 0 });
  const sides = drawn.flatMap(({ top, bottom, left, right }) => [bottom - top, right - left]);
  expect([...new Set(sides)].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(Math.min(...drawn.map(({ top }) => top))).toBe(0);
  expect(Math.max(...drawn.map(({ bottom }) => bottom))).toBe(12);
  expect(Math.min(...drawn.map(({ left }) => left))).toBe(0);
  expect(Math.max(...drawn.map(({ right }) => right))).toBe(20);
});

test('an input without a shape is taken for the squarest one, and windows must fit it', () => {
  const of = (network: string, fields: string) => () =>
    graphOf({ network, connections: [], 'receptive-fields': fields, seed: 1 });
  expect(of('144-5-3', '2..4')().layers[0].shape).toEqual({ channels: 1, rows: 12, columns: 12 });
  expect(of('4x9-5-3', '2..4')().layers[0].shape).toEqual({ channels: 1, rows: 4, columns: 9 });
  expect(of('140-5-3', '2..4')().layers[0].shape).toEqual({ channels: 1, rows: 10, columns: 14 });
  for (const impossible of ['0..4', '5..4', '2..13'])
    expect(of('144-5-3', impossible)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('from 1 to 12') }),
    );
});
