import { describe, expect, test } from 'vitest';
import { Evidence } from '#host/comparison/evidence';
import { mean } from '#host/ground/index';
import { randomKey, randomWord } from '#host/model/index';

describe('how far each is above the best', () => {
  test('two, by hand', () => {
    // Differences 1, 2, 3: mean 2, deviation 1; 4.3027 / √3 = 2.4842.
    const [worse, better] = new Evidence(
      [
        [5, 7, 9],
        [4, 5, 6],
      ],
      0,
    ).aboveBest();
    expect(worse.low).toBe(0);
    expect(worse.high).toBeCloseTo(4.4842, 3);
    expect(better.low).toBe(0);
    expect(better.high).toBeCloseTo(0.4842, 3);
  });

  test('two seeds show next to nothing', () => {
    // Differences −3.18 ± 4.589 · 12.7062 / √2.
    const [better] = new Evidence(
      [
        [0, 0],
        [-0.0649, 6.4249],
      ],
      0,
    ).aboveBest();
    expect(better.high).toBeCloseTo(-3.18 + 41.23, 1);
  });

  test('three share the confidence of two comparisons', () => {
    // Quantile 0.9875 of 2 degrees of freedom: 6.2053. Beside the first: 0.1 ± 0.1 · 6.2053 / √3.
    const [first, second, third] = new Evidence(
      [
        [1, 2, 3],
        [1, 2.1, 3.2],
        [51, 52.1, 53.2],
      ],
      0,
    ).aboveBest();
    expect(first.high).toBeCloseTo(-0.1 + 0.35827, 4);
    expect(second.high).toBeCloseTo(0.1 + 0.35827, 4);
    // The third is surely none of the best: nothing is held against it, and it is 50 above the second for sure.
    expect(third.low).toBeCloseTo(50.1 - 0.35827, 4);
    expect(third.high).toBeCloseTo(50.1 + 0.35827, 4);
  });

  test('what is surely below all others is the best', () => {
    const [best, other] = new Evidence(
      [
        [1, 2, 3],
        [11, 12.1, 13.2],
      ],
      0,
    ).aboveBest();
    expect(best).toEqual({ low: 0, high: 0 });
    expect(other.low).toBeGreaterThan(9);
  });

  test('equal counts of few images do not show that nothing differs', () => {
    const equal = [
      [10, 20],
      [10, 20],
    ];
    expect(new Evidence(equal, 0).aboveBest()[0].high).toBe(0);
    // A step of 2 points: 2/√6 · 12.7062 / √2.
    expect(new Evidence(equal, 2).aboveBest()[0].high).toBeCloseTo(7.336, 2);
  });
});

test('more seeds, by hand', () => {
  // Mean 0, deviation 1 over 3 seeds: of n seeds t(0.975, n − 1)/√n is 0.7154 for 10 and 0.6718 for 11.
  const one = [1, 2, 3];
  const evidence = new Evidence([one, [2, 2, 2]], 0);
  expect(evidence.moreSeeds(one, 0.7)).toBe(8);
  expect(evidence.moreSeeds(one, 0.72)).toBe(7);
  expect(evidence.moreSeeds(one, 0.01)).toBe(Number.POSITIVE_INFINITY);
});

/** Standard normal numbers, the same each time. */
function normals(seed: number): () => number {
  const key = randomKey(seed, 1, 0);
  let n = 0;
  const uniform = () => ((randomWord(key, n++) >>> 0) + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const TRIALS = 3000;
const MARGIN = 0.3;

interface World {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly seeds: number;
}

/** Shares of made-up comparisons in which every range holds the truth, and in which something that is told is wrong. */
function simulate({ means, deviations, seeds }: World, judge: (results: number[][]) => Ranges) {
  const normal = normals(seeds + 10 * means.length);
  const best = Math.min(...means);
  let covered = 0;
  let wrong = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    // Seeds differ by much more than what is compared.
    const shared = Array.from({ length: seeds }, () => 5 * normal());
    const results = means.map((centre, k) => shared.map((seed) => centre + seed + deviations[k] * normal()));
    const ranges = judge(results);
    covered += Number(means.every((one, k) => ranges[k].low <= one - best && one - best <= ranges[k].high));
    wrong += Number(
      means.some((one, k) => (ranges[k].high <= MARGIN && one - best > MARGIN) || ranges[k].low > one - best),
    );
  }
  return { covered: covered / TRIALS, wrong: wrong / TRIALS };
}

type Ranges = readonly { readonly low: number; readonly high: number }[];

const judged = (results: number[][]) => new Evidence(results, 0).aboveBest();

/** Three standard errors of a share of 0.95. */
const CHANCE = 3 * Math.sqrt((0.95 * 0.05) / TRIALS);

describe('in made-up comparisons of known truth, all ranges hold together as often as is told', () => {
  const worlds: readonly (readonly [string, World])[] = [2, 3, 5, 10].flatMap((seeds) => [
    [`two equal ones, ${seeds} seeds`, { means: [1, 1], deviations: [1, 1], seeds }],
    [`five equal ones, ${seeds} seeds`, { means: [1, 1, 1, 1, 1], deviations: [1, 1, 1, 1, 1], seeds }],
    [
      `unequal deviations, ${seeds} seeds`,
      { means: [2, 2.31, 2.31, 2.31], deviations: [0.05, 0.1, 0.5, 2], seeds },
    ],
    [`one clear best, ${seeds} seeds`, { means: [0, 9, 9.2, 9.4], deviations: [0.1, 0.1, 0.1, 0.1], seeds }],
    [
      `all a little beyond the margin, ${seeds} seeds`,
      { means: [0, 0.31, 0.31, 0.31, 0.31, 0.31], deviations: [0.2, 0.2, 0.2, 0.2, 0.2, 0.2], seeds },
    ],
  ]);

  test.each(worlds)('%s', (_, world) => {
    const { covered, wrong } = simulate(world, judged);
    expect(covered).toBeGreaterThanOrEqual(0.95 - CHANCE);
    expect(wrong).toBeLessThanOrEqual(0.05 + CHANCE);
  });

  test('two equal ones: neither more often', () => {
    const { covered } = simulate({ means: [1, 1], deviations: [1, 1], seeds: 5 }, judged);
    expect(covered).toBeLessThanOrEqual(0.95 + CHANCE);
  });

  test('the simulation can tell: normal quantiles, and a best that is chosen by its mean, hold far less often', () => {
    const naive = (results: number[][]) => {
      const least = Math.min(...results.map(mean));
      const [best] = results.filter((one) => mean(one) === least);
      return results.map((one) => {
        const differences = one.map((value, n) => value - best[n]);
        const centre = mean(differences);
        const squares = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0);
        const halfWidth = 1.96 * Math.sqrt(squares / (differences.length - 1) / differences.length);
        return { low: centre - halfWidth, high: centre + halfWidth };
      });
    };
    const equal = { means: [1, 1, 1, 1, 1], deviations: [1, 1, 1, 1, 1], seeds: 3 };
    expect(simulate(equal, naive).covered).toBeLessThan(0.7);
  });
});
