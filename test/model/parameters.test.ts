import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundDecay, roundFixed, roundGain } from '#host/model/parameters';

describe('fixed point', () => {
  test('is within half a unit of the value, and the word spells what is said', () => {
    fc.assert(
      fc.property(
        fc.nat(24),
        fc.integer({ min: 1, max: 32 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (f, bits, u) => {
          const most = (2 ** bits - 1) / 2 ** f;
          const exact = u * most;
          const { word, value } = roundFixed(exact, f, bits, 'x');
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(2 ** -f / 2);
          expect(value).toBe(word / 2 ** f);
          expect(Number.isInteger(word) && word >= 0 && word < 2 ** bits).toBe(true);
        },
      ),
    );
  });

  test.each([
    [-1, 0],
    [16, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [2 ** -14, 1],
  ])('%f is refused where words begin at %i', (value, least) => {
    expect(() => roundFixed(value, 12, 16, 'beta', least)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: `beta is ${value}`,
        hint: `it must lie between ${least / 4096} and ${65535 / 4096}`,
      }),
    );
  });
});

describe('gains', () => {
  const mantissa = (word: number) => word & 0xffff;
  const exponent = (word: number) => word >>> 16;

  test('have a mantissa of 16 bits, an exponent of 16 … 32, and spell what is said', () => {
    const anyGain = fc.oneof(
      fc.double({ min: 0, max: 65535 / 65536, noNaN: true }),
      fc.integer({ min: 0, max: 60 }).map((e) => 0.999 * 2 ** -e),
    );
    fc.assert(
      fc.property(anyGain, (gain) => {
        const { word, value } = roundGain(gain, 'rate');
        expect(exponent(word)).toBeGreaterThanOrEqual(16);
        expect(exponent(word)).toBeLessThanOrEqual(32);
        expect(word >>> 0).toBeLessThan(33 * 2 ** 16);
        expect(value).toBe(mantissa(word) / 2 ** exponent(word));
        if (gain >= 2 ** -17) expect(Math.abs(value - gain) / gain).toBeLessThanOrEqual(2 ** -16);
        else expect(Math.abs(value - gain)).toBeLessThanOrEqual(2 ** -33);
      }),
    );
  });

  test('fill their mantissa', () => {
    expect(roundGain(0.5, 'rate').word).toBe((16 << 16) | 0x8000);
    expect(roundGain(2 ** -17, 'rate').word).toBe((32 << 16) | 0x8000);
    expect(roundGain(65535 / 65536, 'rate').word).toBe((16 << 16) | 0xffff);
    // A number that rounds up to 2^16 needs the exponent below.
    expect(roundGain((65535.7 / 65536) * 2 ** -3, 'rate').word).toBe((18 << 16) | 0x8000);
    expect(roundGain(0, 'rate').value).toBe(0);
  });

  test.each([1, -0.1, Number.NaN])('%f is refused', (gain) => {
    expect(() => roundGain(gain, 'rate 2', () => 'lower it')).toThrow(
      expect.objectContaining({
        message: `rate 2 comes to a gain of ${gain}`,
        hint: `it must lie between 0 and ${65535 / 65536}: lower it`,
      }),
    );
  });
});

test('decay is a fraction with 32 bits, below 1', () => {
  expect(roundDecay(0.25)).toEqual({ word: 2 ** 30, value: 0.25 });
  expect(() => roundDecay(1)).toThrow('weight decay is 1');
});
