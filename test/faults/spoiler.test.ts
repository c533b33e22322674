import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FaultKind, type Faults, faultKinds, type Passed, Spoiler } from './spoiler.js';

const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7) & 0xff);

function joined(passed: readonly Passed[]): Buffer {
  return Buffer.concat(passed.filter((part) => typeof part !== 'number'));
}

function spoil(faults: Faults | undefined, seed: number, cuts: readonly number[] = []): Buffer {
  const spoiler = new Spoiler(faults, seed);
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return Buffer.concat(edges.slice(1).map((end, i) => joined(spoiler.pass(bytes.subarray(edges[i], end)))));
}

describe('a spoiler', () => {
  test('without faults passes everything as it is', () => {
    expect(spoil(undefined, 1).equals(bytes)).toBe(true);
  });

  test('makes as many faults as it was told, on average', () => {
    const spoiler = new Spoiler({ every: 100 }, 5);
    for (let from = 0; from < bytes.length; from += 100) spoiler.pass(bytes.subarray(from, from + 100));
    // 200 are expected; distances are uniform, so their sum's standard deviation is 100/√3 · √200 bytes: 8 faults.
    expect(Math.abs(spoiler.total - 200)).toBeLessThan(5 * 8);
    expect([...spoiler.counts.keys()].sort()).toEqual([...faultKinds].sort());
  });

  test.each([
    'flip',
    'burst',
    'drop',
    'insert',
  ] satisfies FaultKind[])('%s happens at the same bytes wherever they are cut', (kind) => {
    // Those whose reach ends with the chunk apart.
    const faults = { every: 300, kinds: [kind] };
    const property = fc.property(
      fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 5 }),
      (cuts) => {
        const spoilt = spoil(faults, 9, kind === 'burst' ? [] : cuts);
        expect(spoilt).toEqual(spoil(faults, 9));
      },
    );
    fc.assert(property, { numRuns: 5 });
  });

  const lengths: Readonly<Record<FaultKind, number>> = {
    flip: 0,
    burst: 0,
    reorder: 0,
    stall: 0,
    drop: -1,
    lose: -1,
    truncate: -1,
    insert: 1,
    repeat: 1,
  };
  test.each(faultKinds)('%s changes what passes, and its length as it should', (kind) => {
    const spoilt = spoil({ every: 500, kinds: [kind] }, 2);
    expect(Math.sign(spoilt.length - bytes.length)).toBe(lengths[kind]);
    expect(spoilt.equals(bytes)).toBe(kind === 'stall');
  });
});
