import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasBothSigns, rawOf, type Scaling, scaleRaw, stepFor } from '#host/model/scaling';

/** The formula in exact integers, an arithmetic shift and all. */
function witness({ kind, steps }: Scaling, raw: readonly number[]): number[] {
  return raw.flatMap((value, f) => {
    const { offset, multiplier, shift } = steps[f % steps.length];
    const level = (above: bigint) => {
      const scaled = (above * BigInt(multiplier)) >> BigInt(shift);
      return Number(scaled < 0n ? 0n : scaled > 255n ? 255n : scaled);
    };
    const above = BigInt(value) - BigInt(offset);
    return kind === 'signed' ? [level(above), level(-above)] : [level(above)];
  });
}

const range = fc
  .tuple(
    fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    fc.double({ noNaN: true, min: 0, max: 1e9 }),
    fc.boolean(),
  )
  .map(([least, width, whole]) =>
    whole
      ? { least: Math.round(least), greatest: Math.round(least) + Math.round(width), whole }
      : { least, greatest: least + width, whole },
  );
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const kind = fc.constantFrom('unit' as const, 'signed' as const);

function inputs(scaling: Scaling, raw: readonly number[]): number[] {
  const out = new Uint8Array(raw.length * (scaling.kind === 'signed' ? 2 : 1));
  scaleRaw(scaling, raw, out);
  return [...out];
}

describe('a scaling', () => {
  it('is the formula, exactly, for every integer of 32 bits', () => {
    fc.assert(
      fc.property(
        kind,
        fc.array(range, { minLength: 1, maxLength: 3 }),
        fc.array(int32),
        (of, ranges, raw) => {
          const scaling = { kind: of, features: raw.length, steps: ranges.map((one) => stepFor(one, of)) };
          expect(inputs(scaling, raw)).toEqual(witness(scaling, raw));
        },
      ),
    );
  });

  it('spreads the range that it was made for over all levels', () => {
    fc.assert(
      fc.property(kind, range, (of, one) => {
        const step = stepFor(one, of);
        const scaling = { kind: of, features: 1, steps: [step] };
        const at = (feature: number) => inputs(scaling, [rawOf(feature, step.fraction)]);
        // Nor is what is smaller than any fraction goes to.
        if (one.greatest - one.least < 1e-12) return;
        if (of === 'signed' && hasBothSigns(one)) {
          expect(at(0)).toEqual([0, 0]);
          const far = Math.max(-one.least, one.greatest);
          expect(Math.max(...at(one.least), ...at(one.greatest))).toBe(255);
          expect(at(far)).toEqual([255, 0]);
          expect(at(-far)[0]).toBe(0);
        } else {
          expect(at(one.least)[0]).toBe(0);
          // Decimals far from zero and close to each other have too few bits to be told apart.
          if (step.multiplier > 0) expect(at(one.greatest)[0]).toBe(255);
        }
      }),
    );
  });

  it.each([
    [{ least: 0, greatest: 255, whole: true }, 'unit', [0, 1, 7, 254, 255], [0, 1, 7, 254, 255]],
    [{ least: 0, greatest: 16, whole: true }, 'unit', [0, 1, 8, 16, 20, -3], [0, 16, 128, 255, 255, 0]],
    [{ least: -128, greatest: 100, whole: true }, 'signed', [-128, -1, 0, 64], [0, 255, 0, 2, 0, 0, 128, 0]],
    [{ least: 5, greatest: 5, whole: true }, 'unit', [4, 5, 6], [0, 0, 0]],
  ] as const)('of %j, %s, takes %j to %j', (of, way, raw, bytes) => {
    expect(inputs({ kind: way, features: raw.length, steps: [stepFor(of, way)] }, raw)).toEqual(bytes);
  });

  it('has its halves on both sides of a centre, where the range goes beyond it', () => {
    const of = (centre: number) => ({
      kind: 'signed' as const,
      features: 4,
      steps: [stepFor({ least: 0, greatest: 10, whole: true }, 'signed', centre)],
    });
    expect(inputs(of(8), [0, 7, 8, 10])).toEqual([0, 255, 0, 32, 0, 0, 64, 0]);
    expect(inputs(of(10), [0, 5, 10, 12])).toEqual(inputs(of(0), [0, 5, 10, 12]));
  });

  it('makes decimals whole by a power of two that leaves their range 2^13 steps, and whole numbers as they are', () => {
    expect(stepFor({ least: -2, greatest: 2, whole: false }, 'signed').fraction).toBe(11);
    expect(stepFor({ least: -20_000, greatest: 30_000, whole: true }, 'signed').fraction).toBe(0);
    expect(stepFor({ least: 1000, greatest: 1000.5, whole: false }, 'unit').fraction).toBe(14);
    expect([rawOf(1.25, 1), rawOf(-1.25, 1), rawOf(1e30, 0), rawOf(-1e30, 0)]).toEqual([
      3,
      -2,
      2 ** 31 - 1,
      -(2 ** 31),
    ]);
  });
});
