import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '#host/ground/index';
import { totalEnergy } from '#host/reference/energy';
import { Relaxation } from '#host/reference/relaxation';
import { type Case, cases, coupling, denseDrives, largestDifference, makeCase } from './networks.js';

const CONTRACTING = { min: 0.1, max: 0.5 };
const BOTH = ['euler', 'exact'] as const;

function relaxationOf({ network, images, start }: Case, kind: 'euler' | 'exact', epsilon = 0.5): Relaxation {
  const relaxation = new Relaxation(network, { relaxation: kind, epsilon });
  relaxation.clamp(images, 0);
  relaxation.states.set(start);
  return relaxation;
}

function clip(state: number): number {
  return Math.max(0, Math.min(1, state));
}

/** The dynamics as their equations say, dense, never stopping. */
function iterateDensely(
  example: Case,
  kind: 'euler' | 'exact',
  nudge: number,
  iterations: number,
): Float64Array {
  const { network, images, label, start } = example;
  const { layers, units, outputs } = network.graph;
  const states = start.slice();
  const output = units - outputs;
  const target = (unit: number) => (unit - output === label ? 1 : 0);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (kind === 'euler') {
      const drives = denseDrives(network, images, states);
      for (let u = 0; u < units; u++) {
        const pull = u < output ? 0 : nudge * (target(u) - states[u]);
        states[u] = clip(states[u] + 0.5 * (drives[u] - states[u] + pull));
      }
      continue;
    }
    for (const first of [1, 2]) {
      const drives = denseDrives(network, images, states);
      for (let layer = first; layer < layers.length; layer += 2) {
        const { firstUnit, units: size } = layers[layer];
        for (let u = firstUnit; u < firstUnit + size; u++) {
          states[u] = clip(u < output ? drives[u] : (drives[u] + nudge * target(u)) / (1 + nudge));
        }
      }
    }
  }
  return states;
}

describe.each(BOTH)('%s', (kind) => {
  test('follows its equation, step by step', () => {
    fc.assert(
      fc.property(
        cases(CONTRACTING),
        fc.constantFrom(0, 0.4, -0.4),
        fc.integer({ min: 1, max: 6 }),
        (example, nudge, n) => {
          const relaxation = relaxationOf(example, kind);
          relaxation.settle(nudge, example.label, n);
          // Contracting, so the rounding of a few dozen sums of numbers below 10 does not grow.
          expect(largestDifference(relaxation.states, iterateDensely(example, kind, nudge, n))).toBeLessThan(
            1e-13,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test('follows its equation in layers wide enough for every path of the sums', () => {
    for (let seed = 0; seed < 20; seed++) {
      const example = makeCase([30 + seed, 20 + seed, 13, 5], seed, 0.5);
      const relaxation = relaxationOf(example, kind);
      relaxation.settle(0.3, example.label, 5);
      expect(largestDifference(relaxation.states, iterateDensely(example, kind, 0.3, 5))).toBeLessThan(1e-13);
    }
  });

  test('stops where nothing changes any more, no earlier and no later', () => {
    let stopped = 0;
    fc.assert(
      fc.property(cases(CONTRACTING), fc.constantFrom(0, 0.4, -0.4), (example, nudge) => {
        const relaxation = relaxationOf(example, kind);
        const iterations = relaxation.settle(nudge, example.label, 1000);
        // Rounding may also end in a cycle of last bits.
        fc.pre(iterations < 1000);
        stopped++;
        const before = relaxationOf(example, kind);
        const earlier = relaxationOf(example, kind);
        before.settle(nudge, example.label, iterations - 1);
        earlier.settle(nudge, example.label, iterations - 2);
        expect(before.states).toEqual(relaxation.states);
        if (iterations > 1) expect(earlier.states).not.toEqual(relaxation.states);
        expect(relaxation.settle(nudge, example.label, 1000)).toBe(1);
        expect(before.states).toEqual(relaxation.states);
        expect(largestDifference(relaxation.states, iterateDensely(example, kind, nudge, 1000))).toBeLessThan(
          1e-13,
        );
      }),
      { numRuns: 40 },
    );
    expect(stopped).toBeGreaterThan(20);
  });

  test('ends at a minimum of F: no slope inside, outward slopes at the bounds', () => {
    fc.assert(
      fc.property(cases(CONTRACTING), fc.constantFrom(0, 0.4, -0.4), (example, nudge) => {
        const { network, images, label } = example;
        const relaxation = relaxationOf(example, kind);
        relaxation.settle(nudge, label, 1000);
        const { states } = relaxation;
        // F is quadratic: its central difference is exact but for rounding, 1e-15 · |F| / step.
        const step = 1e-3;
        for (let u = 0; u < network.units; u++) {
          const slope =
            (totalEnergy(network, images, states.with(u, states[u] + step), nudge, label) -
              totalEnergy(network, images, states.with(u, states[u] - step), nudge, label)) /
            (2 * step);
          if (states[u] < 1) expect(slope).toBeGreaterThan(-1e-11);
          if (states[u] > 0) expect(slope).toBeLessThan(1e-11);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the energy never increases, contracting or not', () => {
  function descends(example: Case, relaxation: Relaxation, nudge: number): void {
    const { network, images, label } = example;
    const energyNow = () => totalEnergy(network, images, relaxation.states, nudge, label);
    let energy = energyNow();
    for (let iteration = 0; iteration < 30; iteration++) {
      relaxation.settle(nudge, label, 1);
      const next = energyNow();
      expect(next).toBeLessThanOrEqual(energy + 1e-12);
      energy = next;
    }
  }

  test('along euler, if ε is at most 1 / ‖∂²F/∂s²‖', () => {
    fc.assert(
      fc.property(
        cases({ min: 0.1, max: 8 }),
        fc.double({ min: -0.9, max: 2, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (example, nudge, fraction) => {
          const steepest = 1 + coupling(example.network) + Math.abs(nudge);
          descends(example, relaxationOf(example, 'euler', fraction / steepest), nudge);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('along exact sweeps', () => {
    fc.assert(
      fc.property(
        cases({ min: 0.1, max: 8 }),
        fc.double({ min: -0.9, max: 2, noNaN: true }),
        (example, nudge) => {
          descends(example, relaxationOf(example, 'exact'), nudge);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('both reach the same fixed point, from any start, where the dynamics contract', () => {
  fc.assert(
    fc.property(cases(CONTRACTING), fc.constantFrom(0, 0.4, -0.4), (example, nudge) => {
      const euler = relaxationOf(example, 'euler');
      const exact = relaxationOf({ ...example, start: new Float64Array(example.network.units) }, 'exact');
      euler.settle(nudge, example.label, 1000);
      exact.settle(nudge, example.label, 1000);
      expect(largestDifference(euler.states, exact.states)).toBeLessThan(1e-13);
    }),
    { numRuns: 60 },
  );
});

test('exact refuses a nudge without a minimum, euler does not mind', () => {
  const example = makeCase([2, 2, 2], 1, 0.5);
  for (const nudge of [-1, -1.5]) {
    expect(() => relaxationOf(example, 'exact').settle(nudge, 0, 5)).toThrow(UserError);
    expect(() => relaxationOf(example, 'exact').settle(nudge, 0, 5)).toThrow(`a nudge of ${nudge}`);
    expect(relaxationOf(example, 'euler').settle(nudge, 0, 5)).toBeGreaterThan(0);
  }
});
