/** Rules, simulation and statistics of STDP against cases worked out by hand. */
import { expect, test } from 'vitest';
import { randomKey } from '#host/model/index';
import { shapeOf } from '#host/reproduction/stdp/figure-4';
import { drive, driven } from '#host/reproduction/stdp/plastic-neuron';
import { nearestNeighbour, pairing, rateOfChange } from '#host/reproduction/stdp/rules';
import { generators, spikes, voltages } from '#host/reproduction/stdp/sequences';
import { type Event, type Setting, simulate } from '#host/reproduction/stdp/simulation';
import { Bins, Correlation, correlationOf, Moments } from '#host/reproduction/stdp/statistics';

/** A train of `length` steps with spikes at these. */
function train(length: number, ...at: number[]): Uint8Array {
  const spiking = new Uint8Array(length);
  for (const t of at) spiking[t] = 1;
  return spiking;
}

test('a weight changes by the nearest spike, if all of them lie on one side of the presynaptic one', () => {
  expect(pairing(train(60, 33, 40), 30, 20)).toEqual({ outcome: 'changed', delay: 3 });
  expect(pairing(train(60, 11, 20), 30, 20)).toEqual({ outcome: 'changed', delay: -10 });
  expect(pairing(train(60, 29, 50), 30, 20)).toEqual({ outcome: 'both-sides', delay: 0 });
  expect(pairing(train(60, 30), 30, 20)).toEqual({ outcome: 'coincident', delay: 0 });
  // A spike at the same step hides none of those on one side.
  expect(pairing(train(60, 30, 34), 30, 20)).toEqual({ outcome: 'changed', delay: 4 });
});

test('the window ends 20 steps away, and with the sequence', () => {
  expect(pairing(train(60, 50), 30, 20).delay).toBe(20);
  expect(pairing(train(60, 10), 30, 20).delay).toBe(-20);
  expect(pairing(train(60, 9, 51), 30, 20).outcome).toBe('none');
  expect(pairing(train(5, 0), 4, 20).delay).toBe(-4);
});

test('the nearest-neighbour rule is odd and falls by e in its time', () => {
  expect(nearestNeighbour(10, 10)).toBeCloseTo(Math.exp(-1), 12);
  expect(nearestNeighbour(-20, 10)).toBeCloseTo(-Math.exp(-2), 12);
  expect(nearestNeighbour(0, 10)).toBe(0);
});

test('rates of change of t² at t = 2', () => {
  const squares = Float64Array.of(0, 1, 4, 9);
  expect(rateOfChange(squares, 2, 'central')).toBe(4);
  expect(rateOfChange(squares, 2, 'forward')).toBe(5);
  expect(rateOfChange(squares, 2, 'backward')).toBe(3);
});

test.each(generators)('voltages of %s are about ½ ± ¼, alike over their time and no longer', (generator) => {
  const [time, length] = [5, 40];
  const [level, near, far] = [new Moments(), new Correlation(), new Correlation()];
  for (let n = 0; n < 4000; n++) {
    const voltage = voltages(generator, length, time, randomKey(1, 7, n));
    level.add((voltage[0] - 0.5) ** 2);
    near.add(voltage[0], voltage[1]);
    far.add(voltage[0], voltage[39]);
  }
  expect(Math.sqrt(level.mean!)).toBeCloseTo(0.25, 1);
  expect(near.value).toBeGreaterThan(0.8);
  if (generator !== 'sines') expect(Math.abs(far.value!)).toBeLessThan(0.06);
});

test('spikes come as often as rate and greatest probability say, and never of a rate of 0', () => {
  const drawn = spikes(new Float64Array(20_000).fill(0.5), 0.4, randomKey(1, 8, 0));
  // 4,000 expected, of standard deviation 57.
  expect(Math.abs(drawn.reduce((sum, one) => sum + one, 0) - 4000)).toBeLessThan(250);
  expect(spikes(new Float64Array(1000).fill(-1), 1, 3).includes(1)).toBe(false);
  expect(spikes(new Float64Array(1000).fill(2), 1, 3).includes(0)).toBe(false);
});

const setting: Setting = {
  seed: 1,
  sequences: 30,
  trains: 20,
  length: 160,
  window: 20,
  generator: 'smooth',
  time: 10,
  most: 0.05,
  estimator: 'central',
  decay: 10,
};

function eventsOf(changes: Partial<Setting>): readonly Event[] {
  const events: Event[] = [];
  for (let sequence = 0; sequence < setting.sequences; sequence++)
    simulate({ ...setting, ...changes }, sequence, (event) => events.push(event));
  return events;
}

test('a simulation repeats by its seed, and is another by another', () => {
  expect(eventsOf({})).toEqual(eventsOf({}));
  expect(eventsOf({ seed: 2 })).not.toEqual(eventsOf({}));
});

test('at a spike in every step there are spikes on both sides of each', () => {
  // Rates are 1 where the voltage is above 1 alone: the smallest share is without a spike on a side.
  const outcomes = eventsOf({ most: 1 }).map(({ outcome }) => outcome);
  expect(outcomes.filter((one) => one === 'both-sides').length / outcomes.length).toBeGreaterThan(0.9);
});

test('a rising voltage goes with later postsynaptic spikes', () => {
  const product = new Moments();
  for (const { slope, delay } of eventsOf({ trains: 200 })) product.add(slope * Math.sign(delay));
  expect(product.mean! / product.standardError!).toBeGreaterThan(5);
});

test('moments of 1, 2, 6', () => {
  const moments = new Moments();
  expect(moments.mean).toBeUndefined();
  for (const value of [1, 2, 6]) moments.add(value);
  expect(moments.mean).toBe(3);
  // Variance (4 + 1 + 9) / 2 = 7.
  expect(moments.standardError).toBeCloseTo(Math.sqrt(7 / 3), 12);
});

test('correlation of (0, 0), (1, 2), (2, 1)', () => {
  const correlation = new Correlation();
  for (const [x, y] of [
    [0, 0],
    [1, 2],
    [2, 1],
  ])
    correlation.add(x, y);
  // Covariance 1, variances 2 and 2.
  expect(correlation.value).toBeCloseTo(0.5, 12);
  const constant = new Correlation();
  for (const x of [1, 2]) constant.add(x, 3);
  expect(constant.value).toBeUndefined();
});

test('bins hold means, and what lies beyond them falls into the outer ones', () => {
  const bins = new Bins(0, 2, 2);
  for (const [x, y] of [
    [0.5, 1],
    [0.7, 3],
    [1, 10],
    [5, 20],
    [-1, 2],
  ])
    bins.add(x, y);
  const filled = bins.filled();
  expect(filled.map(({ y, count }) => [y, count])).toEqual([
    [2, 3],
    [15, 2],
  ]);
  expect(filled[1].x).toBe(3);
  expect(bins.filled(3)).toHaveLength(1);
  expect(correlationOf(filled)).toBeCloseTo(1, 12);
});

test('a driven neuron moves, and its weight with it, by hand', () => {
  // s = ½ + ½ · 1 at first: nothing moves; then u = 1 pulls it to 1½, half of the way.
  const [outside, pre] = [Float64Array.of(0.5, 1), Float64Array.of(1, 3)];
  const trace = drive(outside, pre, { initial: 0.5, learning: 0.1, epsilon: 0.5 });
  expect(trace.meanSquare).toBeCloseTo(0.25 ** 2 / 2, 12);
  expect(trace.weight).toBeCloseTo(0.5 + 0.1 * 0.25, 12);
  expect(drive(outside, pre, { initial: 0.5, learning: 0, epsilon: 0.5 }).weight).toBe(0.5);
});

test('a presynaptic voltage ahead of the outside is what that will be', () => {
  const { outside, pre } = driven(40, 5, 10, { outside: 1, pre: 2 });
  expect(pre.subarray(0, 30)).toEqual(outside.subarray(10));
  const behind = driven(40, 5, -10, { outside: 1, pre: 2 });
  expect(behind.pre.subarray(10)).toEqual(behind.outside.subarray(0, 30));
});

test('the shape of a curve: signs, and where it is greatest', () => {
  const delays = [-2, -1, 1, 2].map((delay) => ({ delay, slope: new Moments() }));
  // Means −.3, −.1, .1, .2, of 40, 200, 200, 40 events.
  delays.forEach(({ slope }, n) => {
    for (let k = 0; k < [40, 200, 200, 40][n]; k++)
      slope.add([-0.3, -0.1, 0.1, 0.2][n] + (k % 2 ? 0.01 : -0.01));
  });
  expect(shapeOf({ delays })).toEqual({ judged: 4, right: 4, wrong: 0, peak: 2, sumPeak: 1 });
  for (let k = 0; k < 2000; k++) delays[3].slope.add(-0.1);
  expect(shapeOf({ delays })).toMatchObject({ right: 3, wrong: 1 });
});
