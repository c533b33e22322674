import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogram } from '#host/report/histogram';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('histogram', () => {
  it('counts every value once, in no more bins than asked for', () => {
    const values = fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 3, max: 101 }), (list, most) => {
        const { counts, centres } = histogram(Int16Array.from(list), 13, most);
        expect(sum(counts)).toBe(list.length);
        expect(centres).toHaveLength(counts.length);
        expect(counts.length).toBeLessThanOrEqual(most);
        expect(counts[0]).toBeGreaterThan(0);
        expect(counts[counts.length - 1]).toBeGreaterThan(0);
      }),
    );
  });

  it('puts values into the bins they are in', () => {
    const { centres, counts, width } = histogram(Int16Array.of(-4, -2, -1, 0, 1, 2, 4), 1, 5);
    expect(width).toBe(1.5);
    expect(centres).toEqual([-1.5, 0, 1.5]);
    expect(counts).toEqual([2, 3, 2]);
  });

  it('knows the limits of 8, 16 and 32 bits and counts what stands there', () => {
    const short = histogram(Int16Array.of(-32768, 32767, 0), 13, 101);
    expect(short.limits).toEqual([-4, 4 - 2 ** -13]);
    expect(short.clipped).toBe(2);
    const byte = histogram(Int8Array.of(-128, 127, 0), 7, 101);
    expect(byte).toMatchObject({ clipped: 2, limits: [-1, 127 / 128] });
    const long = histogram(Int32Array.of(-(2 ** 31), 5), 27, 101);
    expect(long.limits[0]).toBe(-16);
    expect(long.clipped).toBe(1);
    expect(sum(long.counts)).toBe(2);
  });

  it('has one bin where all values are the same', () => {
    expect(histogram(new Int16Array(10), 13, 101)).toMatchObject({ centres: [0], counts: [10], clipped: 0 });
  });
});
