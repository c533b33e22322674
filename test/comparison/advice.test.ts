import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advise, paretoFront } from '#host/comparison/advice';
import { finishedCell, group } from './groups.js';

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
    expect([...paretoFront(groups)]).toEqual(['small', 'smaller-and-worse', 'larger-and-better']);
  });

  test('nothing on it is beaten, and everything else is', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(sizes, (pairs) => {
        const groups = pairs.map(([bytes, error], n) => group(`g${n}`, bytes, [error]));
        const front = paretoFront(groups);
        pairs.forEach(([bytes, error], n) => {
          const beaten = pairs.some(([b, e]) => b <= bytes && e <= error && (b < bytes || e < error));
          expect(front.has(`g${n}`)).toBe(!beaten);
        });
      }),
    );
  });
});

describe('advice', () => {
  test('is the smallest of those as good as the best, seed by seed', () => {
    // Seeds differ by far more than formats do: differences of 0.1, 0.12, 0.08 within 0.25 for sure.
    const best = group('Q1.14', 300, [4, 6, 8]);
    const close = group('Q2.13', 200, [4.1, 6.12, 8.08]);
    const unsure = group('Q3.12', 100, [3.9, 6.6, 8]);
    expect(advise([best, close, unsure], 0.25)?.group).toBe('Q2.13');
  });

  test('the best itself, where nothing smaller is sure to be as good', () => {
    expect(advise([group('Q1.14', 300, [4, 6, 8]), group('Q2.13', 200, [4.1, 7, 8.1])], 0.25)?.group).toBe(
      'Q1.14',
    );
  });

  test('one seed decides by its difference, and the rule says so', () => {
    const advice = advise([group('Q1.14', 300, [4]), group('Q2.13', 200, [4.2])], 0.25);
    expect(advice).toMatchObject({ group: 'Q2.13', rule: expect.stringContaining('one seed') });
  });

  test('what lacks a seed of the others is not judged, and the rule says so', () => {
    const whole = group('Q1.14', 300, [4, 6, 8]);
    const close = group('Q2.13', 200, [4.1, 6.12, 8.08]);
    // The easiest seed alone: the least mean and the fewest bytes, and no telling how sure.
    const lucky = group('Q3.12', 100, [3.9]);
    expect(advise([lucky, whole, close], 0.25)).toMatchObject({
      group: 'Q2.13',
      rule: expect.stringMatching(
        /over the 3 seeds; ± is the 95 % interval of a mean\. Not judged, for want of seeds that these have: 1\.$/,
      ),
    });
    // As many seeds, but others.
    const cells = [2, 3, 4].map((seed) => finishedCell(seed, 1));
    const elsewhere = group('Q4.11', 50, [1, 1, 1], { cells });
    expect(advise([whole, close, elsewhere], 0.25)?.group).toBe('Q2.13');
  });

  test('of as many bytes the better; a wider tolerance a smaller one', () => {
    const groups = [group('Q1.14', 200, [4]), group('Q2.13', 200, [4.1]), group('Q3.12', 100, [4.6])];
    expect(advise(groups, 0.25)?.group).toBe('Q1.14');
    expect(advise(groups, 1)?.group).toBe('Q3.12');
  });

  test('says all that one needs in a sentence', () => {
    const chosen = group('Q2.13', 240_400, [5, 6, 7], {
      network: '784-128-10',
      gap: { mean: 0.05, count: 3, deviation: 0.016, halfWidth: 0.04 },
      settings: { weights: 'Q2.13', beta: '0.3' },
    });
    expect(advise([chosen], 0.25)).toEqual({
      group: 'Q2.13',
      sentence:
        '784-128-10 on pico: i16 Q2.13, states Q3.12, stochastic, beta 0.3: 6.00 ± 2.48 % test error, +0.05 ± 0.04 points from float64, 240,400 bytes.',
      rule: 'Chosen: the fewest bytes among what is at most 0.25 points of test error above the best (6.00 %), with 97.5 % confidence over the 3 seeds; ± is the 95 % interval of a mean.',
    });
  });

  test('names one format a connection, and the type that stores the widest', () => {
    const chosen = group('Q2.5,Q0.7', 100, [5], { bits: 8, rounding: 'nearest' });
    expect(advise([chosen], 0.25)?.sentence).toBe(
      '784-8-10 on pico: i8 Q2.5 Q0.7, states Q3.12, nearest: 5.00 % test error, 100 bytes.',
    );
  });

  test('there is none where nothing has finished', () => {
    expect(advise([group('Q1.14', 1, [])], 0.25)).toBeUndefined();
  });
});
