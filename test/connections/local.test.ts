import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portableModule } from '#host/kernel/index';
import { checkRecipe, graphOf } from '#host/model/index';
import { ConnectionKind, ConnectionRecord, Rule, Ways } from '#host/wire/index';
import { smallValues } from '../centered.js';
import { configuring, recordsOf } from '../kernel/configure.js';
import { Kernel } from '../kernel/networks.js';
import { holdsItsLaws } from './laws.js';

/** Patches that overlap, touch, or leave units between them. */
function joints(most: number, channels: number, after: fc.Arbitrary<number>) {
  const few = fc.integer({ min: 1, max: most });
  return fc
    .record({
      channels: fc.integer({ min: 1, max: channels }),
      side: few,
      stride: few,
      rows: few,
      columns: few,
      after,
    })
    .map(({ side, stride, rows, columns, ...of }) => ({
      pre: {
        channels: of.channels,
        rows: (rows - 1) * stride + side,
        columns: (columns - 1) * stride + side,
      },
      post: { channels: of.after, rows, columns },
      words: { side, stride },
    }));
}

/** Now and then wide enough for whole vectors of the host's build and a rest. */
const channels = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: 27 }) },
);

holdsItsLaws('local', joints(3, 3, channels), joints(2, 1, fc.integer({ min: 1, max: 2 })));

const of = (network: string, side: number, stride: number) => () => {
  const connections = [
    { from: 0, to: 1, kind: 'local', side, stride },
    { from: 1, to: 2 },
  ];
  return graphOf(checkRecipe({ ...smallValues, network, connections }, 'local'));
};

test('each weight joins one pair of units, and no pair has two', () => {
  const [{ map, weights }] = of('2x5x7-3x2x3-4', 3, 2)().connections;
  expect(weights).toBe(2 * 3 * (3 * 3 * 2) * 3);
  const joined: number[] = [];
  for (let i = 0; i < 70; i++)
    for (let j = 0; j < 18; j++) if (map.element(i, j) >= 0) joined.push(map.element(i, j));
  expect(joined.sort((a, b) => a - b)).toEqual(Array.from({ length: weights }, (_, n) => n));
  expect(map.fan).toEqual([18, weights / 70]);
});

test.each([
  ['28x28-4x13x13-10', 29, 1, 'side 29 in a layer of 28 × 28', 'from 1 to 28'],
  ['28x28-4x13x13-10', 0, 1, 'side 0 in', 'from 1 to 28'],
  ['784-4x13x13-10', 4, 2, 'side 4 in a layer of 1 × 1', 'as 28x28'],
  ['28x28-4x13x13-10', 4, 0, 'stride 0', 'from 1 on'],
  ['28x28-4x13x13-10', 4, 5, 'stride 5 leaves a rest', '1, 2, 3, 4, 6, 8, 12, 24'],
  ['28x28-4x12x13-10', 4, 2, 'to one of 12 × 13', '4x13x13'],
  ['28x28-4x13x12-10', 4, 2, 'to one of 13 × 12', '4x13x13'],
] as const)('%s has no local connection of side %i and stride %i', (network, side, stride, what, fits) => {
  expect(of(network, side, stride)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(what),
      hint: expect.stringContaining(fits),
    }),
  );
});

/** Side and stride, and the error's value and limit: what is there, and what would fit. */
test.each([
  [0, 2, 0, 4],
  [5, 2, 5, 4],
  [4, 0, 0, 1],
  [3, 2, 4, 3],
  [4, 3, 8, 10],
] as const)('the kernel has no local connection of side %i and stride %i', (first, second, value, limit) => {
  const possible = recordsOf(of('4x8-2x1x3-4', 4, 2)());
  const { records } = possible;
  const at = records.length - 2 * ConnectionRecord.size;
  const ends = { kind: ConnectionKind.local, pre: 0, post: 1, fraction: 13 };
  const told = { ...ends, rule: Rule.contrast, fixed: 0, ways: Ways.both, padding: 0 };
  const none = { third: 0, fourth: 0, fifth: 0 };
  const configure = (words: { first: number; second: number }) => {
    const record = ConnectionRecord.encode({ ...told, ...words, ...none });
    const all = [records.subarray(0, at), record, records.subarray(at + record.length)];
    const request = configuring({ ...possible, records: Buffer.concat(all) });
    return new Kernel(1 << 16, undefined, portableModule()).execute('configure', request);
  };
  expect(configure({ first: 4, second: 2 }).units).toBe(6 + 4);
  expect(() => configure({ first, second })).toThrow(
    expect.objectContaining({ error: 'badWords', value, limit, place: 0 }),
  );
});
