import { describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { cost } from '#host/reference/energy';
import { type Batch, type Relaxed, relaxMinibatch } from '#host/reference/minibatch';
import { type Dynamics, Relaxation } from '#host/reference/relaxation';
import { chained, makeCase, uniform } from './networks.js';

const COUNT = 7;
const { network } = makeCase([6, 5, 4, 3], 11, 0.9);
const draw = uniform(12);
const batch: Batch = {
  images: Uint8Array.from({ length: COUNT * 6 }, () => Math.floor(draw(0, 256))),
  labels: Uint8Array.from({ length: COUNT }, () => Math.floor(draw(0, 3))),
};
const dynamics: Dynamics = {
  relaxation: 'euler',
  epsilon: 0.5,
  nudge: 0.7,
  freeIterations: 9,
  nudgedIterations: 4,
};

/** One phase of one sample from given states, alone. */
function phase(
  sample: number,
  from: Float64Array,
  nudge: number,
  iterations: number,
): [Float64Array, number] {
  const relaxation = new Relaxation(network, dynamics);
  relaxation.clamp(batch.images, sample * 6);
  relaxation.states.set(from);
  const run = relaxation.settle(nudge, batch.labels[sample], iterations);
  return [relaxation.states, run];
}

function statesOf(states: Float64Array, sample: number): Float64Array {
  return states.slice(sample * network.units, (sample + 1) * network.units);
}

describe.each(['positive', 'negative', 'centered', undefined] as const)('nudging %s', (nudging) => {
  const relaxed: Relaxed = relaxMinibatch(network, dynamics, batch, nudging);

  test('every phase of every sample is that sample’s own', () => {
    for (let n = 0; n < COUNT; n++) {
      const [free, freeIterations] = phase(n, new Float64Array(network.units), 0, 9);
      const [up, upIterations] = phase(n, free, 0.7, 4);
      const [down, downIterations] = phase(n, free, -0.7, 4);
      const usesUp = nudging === 'positive' || nudging === 'centered';
      const usesDown = nudging === 'negative' || nudging === 'centered';
      expect(statesOf(relaxed.free, n)).toEqual(free);
      expect(statesOf(relaxed.plus, n)).toEqual(usesUp ? up : free);
      expect(statesOf(relaxed.minus, n)).toEqual(usesDown ? down : free);
      expect(relaxed.freeIterations[n]).toBe(freeIterations);
      expect(relaxed.nudgedIterations[n]).toBe((usesUp ? upIterations : 0) + (usesDown ? downIterations : 0));
    }
  });

  test('predictions and cost are those of the free state', () => {
    let total = 0;
    for (let n = 0; n < COUNT; n++) {
      const outputs = [...statesOf(relaxed.free, n).subarray(9)];
      expect(relaxed.predictions[n]).toBe(outputs.indexOf(Math.max(...outputs)));
      total += cost(network, statesOf(relaxed.free, n), batch.labels[n]);
    }
    expect(relaxed.cost).toBeCloseTo(total, 12);
  });
});

describe('a margin', () => {
  const outputsOf = ({ free }: Relaxed, n: number) => [...statesOf(free, n).subarray(9)];
  const nudging = 'centered';
  const all = relaxMinibatch(network, dynamics, batch, nudging);
  const leads = Array.from(batch.labels, (label, n) => {
    const outputs = outputsOf(all, n);
    return outputs[label] - Math.max(...outputs.filter((_, j) => j !== label));
  });
  const right = leads.filter((lead) => lead > 0).sort((a, b) => a - b);

  test('leaves those free that are right by it or by more, and only those', () => {
    expect(right.length).toBeGreaterThan(1);
    expect(right.length).toBeLessThan(COUNT);
    for (const margin of [right[0], (right[0] + right[1]) / 2, right[1]]) {
      const some = relaxMinibatch(network, { ...dynamics, margin }, batch, nudging);
      for (let n = 0; n < COUNT; n++) {
        const isSpared = leads[n] >= margin;
        const from = (side: 'plus' | 'minus') => statesOf(isSpared ? all.free : all[side], n);
        expect(statesOf(some.plus, n)).toEqual(from('plus'));
        expect(statesOf(some.minus, n)).toEqual(from('minus'));
        expect(some.nudgedIterations[n]).toBe(isSpared ? 0 : all.nudgedIterations[n]);
      }
      expect({ ...some, plus: 0, minus: 0, nudgedIterations: 0 }).toEqual({
        ...all,
        ...{ plus: 0, minus: 0, nudgedIterations: 0 },
      });
    }
  });
});

test('a start continues where the last free phase ended', () => {
  const once = relaxMinibatch(network, { ...dynamics, freeIterations: 8 }, batch, undefined);
  const half = relaxMinibatch(network, { ...dynamics, freeIterations: 4 }, batch, 'centered');
  const rest = relaxMinibatch(
    network,
    { ...dynamics, freeIterations: 4 },
    { ...batch, start: half.free },
    undefined,
  );
  expect(rest.free).toEqual(once.free);
});

test('of equal outputs the first is the prediction', () => {
  const { network: silent } = makeCase([2, 2, 4], 1, 0.5);
  silent.weights[1].fill(0);
  silent.biases[1].set([0.2, 0.6, 0.6, 0.1]);
  const one = { images: Uint8Array.of(9, 9), labels: Uint8Array.of(3) };
  expect(relaxMinibatch(silent, dynamics, one, undefined).predictions[0]).toBe(1);
  silent.biases[1].fill(-1);
  expect(relaxMinibatch(silent, dynamics, one, undefined).predictions[0]).toBe(0);
});

test('what does not fit is refused', () => {
  const run = (changed: Partial<Batch>) => () =>
    relaxMinibatch(network, dynamics, { ...batch, ...changed }, undefined);
  expect(run({ images: new Uint8Array(5) })).toThrow(/5 pixels for 7 labels and 6 inputs/);
  expect(run({ labels: Uint8Array.of(0, 1, 2, 3, 0, 0, 0) })).toThrow(/sample 3 has label 3 of 3 outputs/);
  expect(run({ start: new Float64Array(3) })).toThrow(/3 starting states for 7 samples of 12 units/);
  expect(run({ start: new Float64Array(7 * 12).fill(1.5) })).toThrow(RangeError);
  expect(run({ start: new Float64Array(7 * 12).fill(Number.NaN) })).toThrow(RangeError);
  const steep: Dynamics = { ...dynamics, relaxation: 'exact', nudge: 1 };
  expect(() => relaxMinibatch(network, steep, batch, 'centered')).toThrow(UserError);
  expect(() => relaxMinibatch(network, steep, batch, 'positive')).not.toThrow();
});

test.each([
  'euler',
  'exact',
] as const)('rectified hidden units have no greatest state, outputs have: %s', (relaxation) => {
  // h = 2 + y / 2, y = h / 2 clipped to 1: h = 2.5; with a greatest state of 1 it is 1, and y ½.
  const pair = chained(
    [1, 1, 1],
    [Float64Array.of(0), Float64Array.of(0.5)],
    [Float64Array.of(2), Float64Array.of(0)],
  );
  const dark = { images: Uint8Array.of(0), labels: Uint8Array.of(0) };
  const long = { ...dynamics, relaxation, freeIterations: 100 };
  const freeBy = (greatest: number) => [...relaxMinibatch(pair, { ...long, greatest }, dark, undefined).free];
  expect(freeBy(Number.POSITIVE_INFINITY)).toEqual([expect.closeTo(2.5, 12), 1]);
  expect(freeBy(1)).toEqual([1, expect.closeTo(0.5, 12)]);
});
