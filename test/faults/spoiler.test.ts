import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FaultKind, type Faults, faultKinds, faultsEvery, type Passed, Spoiler } from './spoiler.js';

const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7) & 0xff);

function joined(passed: readonly Passed[]): Buffer {
  return Buffer.concat(passed.map((part) => part.bytes));
}

function spoil(faults: Faults, seed: number, cuts: readonly number[] = []): Buffer {
  const spoiler = new Spoiler(faults, seed);
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return Buffer.concat(edges.slice(1).map((end, i) => joined(spoiler.pass(bytes.subarray(edges[i], end)))));
}

describe('a spoiler', () => {
  test('without faults passes everything as it is', () => {
    expect(spoil({}, 1).equals(bytes)).toBe(true);
  });

  test('makes as many faults as it was told, on average', () => {
    const spoiler = new Spoiler(faultsEvery(100), 5);
    for (let from = 0; from < bytes.length; from += 100) spoiler.pass(bytes.subarray(from, from + 100));
    // 200 are expected; distances are uniform, so their sum's standard deviation is 100/√3 · √200 bytes: 8 faults.
    expect(Math.abs(spoiler.total - 200)).toBeLessThan(5 * 8);
    expect([...spoiler.counts.keys()].sort()).toEqual([...faultKinds].sort());
  });

  test('makes each kind as often as its chance says', () => {
    const spoiler = new Spoiler({ drop: 0.03, flip: 0.01 }, 6);
    spoiler.pass(bytes);
    const { drop = 0, flip = 0 } = Object.fromEntries(spoiler.counts);
    // A fault is a dropped byte with a chance of 3/4: of n such, 5 standard deviations are 5 · √(3n/16).
    const faults = drop + flip;
    expect(Math.abs(drop - 0.75 * faults)).toBeLessThan(5 * Math.sqrt((3 * faults) / 16));
    expect(faults).toBe(spoiler.total);
  });

  test('tells what nobody sent', () => {
    const sent = (faults: Faults) => {
      const passed = new Spoiler(faults, 7).pass(bytes);
      return joined(passed.filter(({ isSent }) => isSent));
    };
    expect(sent({ insert: 0.01 })).toEqual(Buffer.from(bytes));
    expect(sent({ repeat: 0.01 })).toEqual(Buffer.from(bytes));
    expect(sent({ corrupt: 0.01 })).toHaveLength(bytes.length);
  });

  test('pauses before what comes behind a stall', () => {
    const spoiler = new Spoiler({ stall: 0.01 }, 8);
    const pauses = spoiler.pass(bytes).filter(({ pause }) => pause > 0);
    expect(pauses.length).toBeGreaterThan(100);
    for (const { pause } of pauses) expect(pause % 1).toBe(0);
  });

  test.each([
    'flip',
    'corrupt',
    'burst',
    'drop',
    'insert',
  ] satisfies FaultKind[])('%s happens at the same bytes wherever they are cut', (kind) => {
    // Those whose reach ends with the chunk apart.
    const faults = faultsEvery(300, [kind]);
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
    corrupt: 0,
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
    const spoilt = spoil(faultsEvery(500, [kind]), 2);
    expect(Math.sign(spoilt.length - bytes.length)).toBe(lengths[kind]);
    expect(spoilt.equals(bytes)).toBe(kind === 'stall');
  });
});
