import { describe, expect, test } from 'vitest';
import { isWithinChance } from '#host/reproduction/claims/fast-relaxation';

const evaluation = (error: number, samples: number) =>
  ({ set: 'validation', start: 'zero', samples, error }) as const;

describe('two errors', () => {
  // Of 1,000 images at 10 %: √(2 · 0.1 · 0.9 / 1000) = 1.34 points, times 1.96: 2.63.
  test('are alike where chance alone may part them so far', () => {
    expect(isWithinChance(evaluation(10, 1000), evaluation(12.5, 1000))).toBe(true);
    expect(isWithinChance(evaluation(10, 1000), evaluation(13, 1000))).toBe(false);
    expect(isWithinChance(evaluation(13, 1000), evaluation(10, 1000))).toBe(false);
  });

  test('must lie closer where there are more images', () => {
    expect(isWithinChance(evaluation(10, 10_000), evaluation(12.5, 10_000))).toBe(false);
  });

  test('of which one was not measured are not alike', () => {
    expect(isWithinChance(undefined, evaluation(10, 1000))).toBe(false);
    expect(isWithinChance(evaluation(10, 1000), undefined)).toBe(false);
    expect(isWithinChance(undefined, undefined)).toBe(false);
  });
});
