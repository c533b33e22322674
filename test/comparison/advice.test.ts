import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, paretoFront } from '#host/comparison/advice';
import type { Group } from '#host/report/index';
import { finishedCell, group, validated } from './groups.js';

describe('the Pareto front', () => {
  test('by hand', () => {
    const groups = [
      group('small', 100, [5]),
      group('smaller-and-worse', 90, [6]),
      group('larger-and-worse', 110, [5.5]),
      group('larger-and-better', 200, [3]),
      group('as-large', 200, [3.1]),
      group('unfinished', 10, []),
    ];
    expect([...paretoFront(groups, 'testError')]).toEqual([
      'small',
      'smaller-and-worse',
      'larger-and-better',
    ]);
  });

  test('nothing on it is beaten, and everything else is', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(sizes, (pairs) => {
        const groups = pairs.map(([bytes, error], n) => group(`g${n}`, bytes, [error]));
        const front = paretoFront(groups, 'testError');
        pairs.forEach(([bytes, error], n) => {
          const beaten = pairs.some(([b, e]) => b <= bytes && e <= error && (b < bytes || e < error));
          expect(front.has(`g${n}`)).toBe(!beaten);
        });
      }),
    );
  });
});

describe('advice', () => {
  const advise = (groups: readonly Group[], margin = 0.25) => judge(groups, margin).advice;

  test('is the cheapest of those shown not to be worse than the best, seed by seed', () => {
    // Seeds differ by far more than formats do.
    const best = validated('Q1.14', 300, [4, 6, 8, 5]);
    const close = validated('Q2.13', 200, [4.1, 6.12, 8.08, 5.1]);
    const unsure = validated('Q3.12', 100, [4.1, 6.5, 8.4, 5.3]);
    const { advice, aboveBest } = judge([best, close, unsure], 0.25);
    expect(advice).toMatchObject({
      group: 'Q2.13',
      rule: expect.stringMatching(
        /^Chosen on validation images: the fewest bytes of what is shown to be at most 0\.25 points above the best; this one is at most 0\.1\d above it, over 4 seeds in pairs, with 95 % confidence\.$/,
      ),
    });
    expect(aboveBest.get('Q3.12')?.verdict).toBe('cannot tell');
  });

  test('the best itself, where nothing cheaper is shown to be as good', () => {
    const best = validated('Q1.14', 300, [4, 6, 8, 5]);
    const worse = validated('Q2.13', 200, [5, 7.1, 9, 5.9]);
    const { advice, aboveBest } = judge([best, worse], 0.25);
    expect(advice?.group).toBe('Q1.14');
    expect(advice?.rule).toContain('; this one is shown to be the best, over 4 seeds');
    expect(aboveBest.get('Q1.14')).toEqual({ low: 0, high: 0, verdict: 'not worse' });
    expect(aboveBest.get('Q2.13')?.verdict).toBe('worse');
  });

  test('the test set chooses nothing', () => {
    const best = validated('Q1.14', 300, [4, 6, 8, 5]);
    const close = validated('Q2.13', 200, [4.1, 6.12, 8.08, 5.1], { testError: { mean: 90, count: 4 } });
    expect(advise([best, close])?.group).toBe('Q2.13');
    expect(advise([best, close])?.sentence).toContain('90.00 % test error');
  });

  test('two seeds that differ cannot tell, and say how many would', () => {
    // −3.18 ± 41.23 points.
    const groups = [
      validated('Q1.14', 300, [20, 20]),
      validated('Q2.13', 200, [20.0649, 13.5751], { settings: { weights: 'Q2.13' } }),
    ];
    const { advice, aboveBest } = judge(groups, 0.25);
    expect(advice?.group).toBeUndefined();
    expect(advice?.sentence).toBe('Cannot tell which is best.');
    expect(advice?.rule).toMatch(
      /^None is shown to be at most 0\.25 points of validation error above the best: the lowest, Q2\.13 \(16\.82 %\), may be 38\.05 above it, over 2 seeds in pairs, with 95 % confidence\. About \d more seeds would decide \(--seeds \d+\): an estimate/,
    );
    expect([...aboveBest.values()].map(({ verdict }) => verdict)).toEqual(['cannot tell', 'cannot tell']);
  });

  test('more than a hundred seeds are not counted', () => {
    const noisy = [validated('Q1.14', 300, [4, 9, 1, 5]), validated('Q2.13', 200, [9, 4, 5, 1])];
    // 4 ± 114 points, of which there are 100.
    const far = [validated('Q1.14', 300, [4, 14]), validated('Q2.13', 200, [9, 1])];
    expect(judge(far, 0.25).aboveBest.get('Q1.14')).toEqual({ low: 0, high: 100, verdict: 'cannot tell' });
    expect(advise(noisy)).toMatchObject({
      moreSeeds: 'more than 100',
      rule: expect.stringContaining('More than 100 more seeds'),
    });
  });

  test('a wider margin decides with fewer', () => {
    const groups = [validated('Q1.14', 300, [4, 6, 8]), validated('Q2.13', 200, [4.1, 6.4, 8.2])];
    expect(advise(groups)?.group).toBe('Q1.14');
    expect(advise(groups, 2)?.group).toBe('Q2.13');
    expect(advise(groups, 0)).toMatchObject({ sentence: 'Cannot tell which is best.' });
  });

  test('one seed cannot tell', () => {
    const advice = advise([validated('Q1.14', 300, [4]), validated('Q2.13', 200, [9])]);
    expect(advice).toEqual({
      sentence: 'Cannot tell which is best.',
      rule: 'One seed says nothing of chance: give several (--seeds 5).',
    });
  });

  test('equal errors of few images do not decide', () => {
    const few = (id: string, bytes: number) => {
      const cells = [1, 2].map((seed) => ({ ...finishedCell(seed, 5, 10), validationImages: 50 }));
      return validated(id, bytes, [10, 10], { cells });
    };
    expect(advise([few('Q1.14', 300), few('Q2.13', 200)])?.group).toBeUndefined();
  });

  test('without validation there is none', () => {
    const advice = advise([group('Q1.14', 300, [4, 5, 6]), group('Q2.13', 200, [4, 5, 6])]);
    expect(advice).toMatchObject({
      sentence: 'No advice: nothing was validated.',
      rule: expect.stringContaining('give --validation'),
    });
    expect(advice?.group).toBeUndefined();
  });

  test('what lacks a seed of the others is not judged, and the rule says so', () => {
    const whole = validated('Q1.14', 300, [4, 6, 8]);
    const close = validated('Q2.13', 200, [4.1, 6.12, 8.08]);
    // The easiest seed alone: the least mean and the fewest bytes, and no telling how sure.
    const lucky = validated('Q3.12', 100, [3.9]);
    expect(advise([lucky, whole, close])).toMatchObject({
      group: 'Q2.13',
      rule: expect.stringMatching(/over 3 seeds .*\. Not judged, for want of seeds that others have: 1\.$/),
    });
    // As many seeds, but others.
    const cells = [2, 3, 4].map((seed) => finishedCell(seed, 1, 1));
    const elsewhere = validated('Q4.11', 50, [1, 1, 1], { cells });
    expect(advise([whole, close, elsewhere])?.group).toBe('Q2.13');
    expect(advise([whole, lucky])).toMatchObject({ sentence: 'Cannot tell which is best.' });
  });

  test('as many bytes: fewer bits, then fewer products', () => {
    const errors = [4, 5, 6];
    const of = (id: string, bits: number, products: number) =>
      validated(id, 200, errors, { bits, products: { mean: products, count: 3 } });
    expect(advise([of('a', 16, 10), of('b', 8, 30), of('c', 8, 20)])?.group).toBe('c');
  });

  test('says all that one needs in a sentence', () => {
    const chosen = group('Q2.13', 240_400, [5, 6, 7], {
      network: '784-128-10',
      gap: { mean: 0.05, count: 3, deviation: 0.016, halfWidth: 0.04 },
      settings: { weights: 'Q2.13', beta: '0.3' },
      cells: [5, 6, 7].map((error, n) => finishedCell(n + 1, error, error)),
      validationError: { mean: 6, count: 3 },
    });
    expect(advise([chosen])).toEqual({
      sentence:
        '784-128-10 on pico: i16 Q2.13, states Q3.12, stochastic, beta 0.3: 6.00 ± 2.48 % test error, +0.05 ± 0.04 points from float64, 240,400 bytes.',
      rule: 'There is nothing to compare it with.',
    });
  });

  test('names one format a connection, and the type that stores the widest', () => {
    const chosen = group('Q2.5,Q0.7', 100, [5], { bits: 8, rounding: 'nearest' });
    expect(advise([chosen])?.sentence).toBe(
      '784-8-10 on pico: i8 Q2.5 Q0.7, states Q3.12, nearest: 5.00 % test error, 100 bytes.',
    );
  });

  test('there is none where nothing has finished', () => {
    expect(advise([group('Q1.14', 1, [])])).toBeUndefined();
  });
});
