import { describe, expect, test } from 'vitest';
import { isBetterThanLuck, isWithinChance } from '#host/records/luck';

const evaluation = (error: number, samples: number) =>
  ({ set: 'validation', start: 'zero', samples, error }) as const;

describe('two errors', () => {
  // 1,000 images at 10 %: √(2 · 0.1 · 0.9 / 1000) = 1.34 points, times 1.96: 2.63.
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

describe('an error beside that of luck', () => {
  const wrong = (mistakes: number, samples: number) => ({ error: (100 * mistakes) / samples, samples });

  test.each([
    // Two equal classes, by the binomial distribution: 1/64, 1/128, 11/1024, 12/2048.
    [0, 6, 50, false],
    [0, 7, 50, true],
    [1, 10, 50, false],
    [1, 11, 50, true],
    // Nine in ten of one class: 0.9³⁰ = 4.2 %, 0.9⁵⁰ = 0.52 %.
    [0, 30, 10, false],
    [0, 50, 10, true],
    // One class: nothing is better.
    [0, 1000, 0, false],
    // No class: whatever is right is no luck.
    [9, 10, 100, true],
    [10, 10, 100, false],
    // 2.3 standard deviations of √(10,000 · 0.9 · 0.1) = 30 are 1.07 %, 2.4 are 0.82 %.
    [8931, 10_000, 90, false],
    [8926, 10_000, 90, true],
    [0, 1_000_000, 90, true],
    [900_000, 1_000_000, 90, false],
  ])('%d of %d wrong where luck errs in %d %%', (mistakes, samples, luck, isBetter) => {
    expect(isBetterThanLuck(wrong(mistakes, samples), luck)).toBe(isBetter);
  });
});
