/** Statistics of the vector-field experiments, against cases by hand. */
import { describe, expect, test } from 'vitest';
import { graphOf } from '#host/model/index';
import { ReferenceNetwork, relaxMinibatch } from '#host/reference/index';
import { floatRecipe } from '#host/reproduction/float-networks';
import { cosine } from '#host/reproduction/statistics';
import { productsOf } from '#host/reproduction/vector-field/cnn';
import { meanOf } from '#host/reproduction/vector-field/degree';
import { growthOf } from '#host/reproduction/vector-field/growth';
import { costOf, standing } from '#host/reproduction/vector-field/integers';
import { meanByEpoch } from '#host/reproduction/vector-field/outcomes';
import { distance } from '#host/reproduction/vector-field/processes';
import { restless, restOf } from '#host/reproduction/vector-field/rest';
import { withSymmetry } from '#host/reproduction/vector-field/symmetry';
import { parametersOf, twoProcesses } from '#host/reproduction/vector-field/two-processes';
import { risesOf } from '#host/reproduction/vector-field/untied';
import { initialReference } from '#host/verification/index';
import { chained } from '../../reference/networks.js';

/** One pixel, one hidden unit, one output: W forth, B back. */
function pair(w: number, b: number, biases: readonly [number, number]): ReferenceNetwork {
  const keys = { 'receptive-fields': 'all', seed: 1, feedback: 'untied' } as const;
  return new ReferenceNetwork(
    graphOf({ network: '1-1-1', connections: [], ...keys }),
    [Float64Array.of(0), Float64Array.of(w), Float64Array.of(b)],
    biases.map((bias) => Float64Array.of(bias)),
  );
}

const settled = {
  relaxation: 'exact',
  epsilon: 0.5,
  nudge: 0,
  freeIterations: 500,
  nudgedIterations: 500,
} as const;
const batch = { images: Uint8Array.of(0), labels: Uint8Array.of(0) };

describe('the processes of Theorems 3 and 4: W = 0.5, B = 0.2, y − t = −0.5', () => {
  // h = 0.3 + 0.2 y, y = 0.3 + 0.5 h: h = 0.4, y = 0.5.
  const network = pair(0.5, 0.2, [0.3, 0.3]);
  const { free } = relaxMinibatch(network, settled, batch, undefined);
  const clock = { epsilon: 0.1, steps: 1000, every: 1 };
  const moments = twoProcesses(network, batch, free, 1e-6, clock);

  test('begin alike, then the hidden unit hears the output by W or by B', () => {
    expect([...free]).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.5, 12)]);
    for (const of of ['derivatives', 'activities'] as const) {
      expect([...moments[0][of]]).toEqual([expect.closeTo(0, 5), expect.closeTo(-0.5, 5)]);
      // The output: −0.5 + ε · 0.5; the hidden unit: ε · weight · −0.5.
      const weight = of === 'derivatives' ? 0.5 : 0.2;
      const first = [...moments[1][of]];
      expect(first).toEqual([expect.closeTo(-0.05 * weight, 5), expect.closeTo(-0.45, 5)]);
      // By one step: what stood at its beginning.
      const sum = [...moments[1][`${of}Sum`]];
      expect(sum).toEqual([expect.closeTo(0, 5), expect.closeTo(-0.05, 5)]);
    }
  });

  test('integrated they are (I − J)⁻¹ of the error: z_y = −0.5 / 0.9', () => {
    const end = moments[moments.length - 1];
    const z = -0.5 / 0.9;
    expect([...end.derivativesSum]).toEqual([expect.closeTo(0.5 * z, 5), expect.closeTo(z, 5)]);
    expect([...end.activitiesSum]).toEqual([expect.closeTo(0.2 * z, 4), expect.closeTo(z, 4)]);
    // Forth: h z_y; back: y z_h.
    const { weights } = parametersOf(network, batch, free, end.derivativesSum);
    expect(weights.map(([one]) => one)).toEqual([
      0,
      expect.closeTo(0.4 * z, 5),
      expect.closeTo(0.5 * 0.5 * z, 5),
    ]);
  });

  test('an output at its bound is no part of them', () => {
    const dead = pair(0.5, 0.2, [0.3, -1]);
    const states = relaxMinibatch(dead, settled, batch, undefined).free;
    expect(states[1]).toBe(0);
    const [moment] = twoProcesses(dead, batch, states, 1e-6, { ...clock, steps: 1 });
    expect([...moment.derivatives, ...moment.activities].map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  test('are as far apart as their difference is long, in units of the start', () => {
    const moment = { derivatives: Float64Array.of(1, 2), activities: Float64Array.of(1, 5) };
    expect(distance(moment, Float64Array.of(0, 6))).toBeCloseTo(0.5, 12);
  });
});

describe('B = a Wᵀ + √(1 − a²) R', () => {
  const tied = initialReference(floatRecipe('20-60-40'));
  test.each([0, 0.5, 1])('has a cosine of a with Wᵀ and the size of W: a = %d', (degree) => {
    const { weights } = withSymmetry(tied, degree, 3);
    expect(weights.slice(0, 2)).toEqual(tied.weights);
    const [, forth, back] = weights;
    expect(Math.abs(cosine([back], [forth]) - degree)).toBeLessThan(0.06);
    const squares = (matrix: Float64Array) => matrix.reduce((sum, one) => sum + one * one, 0);
    expect(squares(back) / squares(forth)).toBeGreaterThan(0.9);
    expect(squares(back) / squares(forth)).toBeLessThan(1.1);
  });

  test('another seed draws another R', () => {
    expect(withSymmetry(tied, 0, 1).weights[2]).not.toEqual(withSymmetry(tied, 0, 2).weights[2]);
  });
});

describe('rounded states', () => {
  /** Ones that fall by half a unit of the last place, with weights that turn each other round. */
  test('that settle: the sweep that changes nothing is counted', () => {
    // h = 0.5, y = 0.25, and again.
    expect(restOf(pair(0.5, 0, [0.5, 0]), batch.images, 0, 4, 100)).toEqual({ sweeps: 2 });
  });

  test('that go round: period, units and steps of the cycle', () => {
    // With two fractional bits h = ¼ + ¼ − y and y = h: ½, then 0, then ½ …
    expect(restOf(pair(1, -1, [0.5, 0]), batch.images, 0, 2, 100)).toEqual({
      sweeps: undefined,
      cycle: { period: 2, units: 2, steps: 2 },
    });
  });

  test('that have done neither by then', () => {
    expect(restOf(pair(1, -1, [0.5, 0]), batch.images, 0, 2, 1)).toEqual({ sweeps: undefined });
  });

  test('not at rest, by cap', () => {
    const all = [{ sweeps: 3 }, { sweeps: 10 }, { sweeps: undefined }, { sweeps: 4 }];
    expect([2, 3, 4, 10, 99].map((cap) => restless(all, cap))).toEqual([1, 0.75, 0.5, 0.25, 0.25]);
  });
});

describe('rectified units', () => {
  // h₁ = 1 + 2 h₂, h₂ = 2 h₁: 1, 2; 5, 10; 21, 42; and with half of the weight 1, 1; 2, 2; 3, 3.
  const loop = (weight: number) =>
    chained(
      [1, 1, 1, 1],
      [Float64Array.of(0), Float64Array.of(weight), Float64Array.of(0)],
      [Float64Array.of(1), Float64Array.of(0), Float64Array.of(0)],
    );

  test('grow where what they send each other comes back greater', () => {
    const free = growthOf(loop(2), batch, Number.POSITIVE_INFINITY, 3);
    expect(free).toEqual({ greatest: [2, 10, 42], growing: 1 });
    expect(growthOf(loop(1), batch, Number.POSITIVE_INFINITY, 3).greatest).toEqual([1, 2, 3]);
  });

  test('and do not where it comes back less, nor with a greatest rate', () => {
    // h₁ = 1 + ¼ h₁: 4/3.
    const { greatest, growing } = growthOf(loop(0.5), batch, Number.POSITIVE_INFINITY, 40);
    expect([greatest[39], growing]).toEqual([expect.closeTo(4 / 3, 12), 0]);
    expect(growthOf(loop(2), batch, 1, 3)).toEqual({ greatest: [1, 1, 1], growing: 0 });
  });
});

describe('what integers cost', () => {
  const pairs = [
    { device: 5, float: 4.8 },
    { device: 7, float: 6.7 },
    { device: 6.5, float: 6 },
  ];

  test('is the mean difference of pairs, with its interval', () => {
    // .2, .3, .5: mean 1/3, deviation .152753, interval 4.3027 · .152753 / √3.
    const cost = costOf(pairs);
    expect([cost?.mean, cost?.halfWidth]).toEqual([expect.closeTo(1 / 3, 9), expect.closeTo(0.37946, 4)]);
  });

  test.each([
    [{ mean: 0.05, count: 5, halfWidth: 0.04 }, 'shown'],
    [{ mean: -0.05, count: 5, halfWidth: 0.06 }, 'possible'],
    [{ mean: 0.3, count: 5, halfWidth: 0.25 }, 'possible'],
    [{ mean: -0.3, count: 5, halfWidth: 0.15 }, 'refuted'],
    [{ mean: 0, count: 1 }, 'possible'],
  ] as const)('of %o, a bound of .1 is %s', (cost, expected) => {
    expect(standing(cost, 0.1)).toBe(expected);
  });
});

test('costs that do not fall are counted', () => {
  expect(risesOf([3, 2, 2, 2.5, 1].map((cost) => ({ cost })))).toBe(2);
});

test('means of runs by epoch, where all of them have the value', () => {
  const run = (...errors: readonly number[]) => ({
    epochs: errors.map((trainingError, n) => ({ epoch: n + 1, trainingError }) as never),
  });
  const runs = [run(4, 2), run(2, 1)];
  expect(meanByEpoch(runs, (one) => one.trainingError)).toEqual([
    [1, 3],
    [2, 1.5],
  ]);
  expect(meanByEpoch(runs, ({ trainingError }) => (trainingError > 1 ? trainingError : null))).toEqual([
    [1, 3],
    [2, null],
  ]);
});

test('means of cosines, layer by layer', () => {
  expect(
    meanOf([
      { layers: [1, 0.5], all: 0.8 },
      { layers: [0, 0.5], all: 0.4 },
    ]),
  ).toEqual({ layers: [0.5, 0.5], all: expect.closeTo(0.6, 12) });
});

test('products of a sample: the input’s connection once, the others both ways in each sweep', () => {
  // 9 · 2 places of 3 × 3 kernels on 5 × 5 pixels, 18 units to 2 outputs.
  expect(productsOf('5x5-conv3x2-2', 4)).toBe(9 * 18 + 2 * 4 * 18 * 2);
});
