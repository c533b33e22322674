import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { couplingNorm, safeStep } from '#host/reference/coupling';
import { descend } from '#host/reference/descent';
import { cases, chained, coupling, makeCase } from './networks.js';

describe('the norm of the coupling', () => {
  test('of one free connection is the largest singular value', () => {
    // [[3, 0], [4, 5]]: singular values √45 and √5.
    const network = chained(
      [1, 2, 2],
      [new Float64Array(2), Float64Array.of(3, 0, 4, 5)],
      [new Float64Array(2), new Float64Array(2)],
    );
    expect(couplingNorm(network)).toBeCloseTo(Math.sqrt(45), 9);
  });

  test('of a chain of three units with weights 3 and 4 is 5', () => {
    const network = chained(
      [1, 1, 1, 1],
      [Float64Array.of(9), Float64Array.of(3), Float64Array.of(4)],
      [new Float64Array(1), new Float64Array(1), new Float64Array(1)],
    );
    expect(couplingNorm(network)).toBeCloseTo(5, 9);
  });

  test('is 0 where no free units are connected, and at most the greatest sum of |weights|', () => {
    expect(couplingNorm(chained([1, 1], [Float64Array.of(7)], [new Float64Array(1)]))).toBe(0);
    fc.assert(
      fc.property(cases({ min: 0.1, max: 3 }), ({ network }) => {
        expect(couplingNorm(network)).toBeLessThanOrEqual(coupling(network) * (1 + 1e-9));
      }),
    );
  });
});

describe('the energy', () => {
  test('never rises along exact relaxation, whatever the coupling', () => {
    fc.assert(
      fc.property(
        cases({ min: 0.1, max: 8 }),
        fc.constantFrom(0, 0.5, -0.5, 2),
        ({ network, images, label, start }, nudge) => {
          const { rises, energies } = descend(
            network,
            { relaxation: 'exact', epsilon: 0.5 },
            images,
            label,
            start,
            nudge,
            12,
          );
          expect(rises).toBe(0);
          expect(energies[12]).toBeLessThanOrEqual(energies[0] + 1e-9);
        },
      ),
    );
  });

  test('never rises along Euler steps up to the bound', () => {
    fc.assert(
      fc.property(
        cases({ min: 0.1, max: 8 }),
        fc.constantFrom(0, 0.5, -0.5, 2),
        ({ network, images, label, start }, nudge) => {
          // Power iteration approaches the norm from below.
          const epsilon = safeStep(couplingNorm(network) * (1 + 1e-6), nudge);
          const dynamics = { relaxation: 'euler', epsilon } as const;
          expect(descend(network, dynamics, images, label, start, nudge, 30).rises).toBe(0);
        },
      ),
    );
  });

  test('rises along longer steps where the coupling is strong', () => {
    const dynamics = { relaxation: 'euler', epsilon: 1 } as const;
    const rises = Array.from({ length: 20 }, (_, seed) => {
      const { network, images, label, start } = makeCase([2, 4, 4, 3], seed, 12);
      return descend(network, dynamics, images, label, start, 0, 20).rises;
    });
    expect(Math.max(...rises)).toBeGreaterThan(0);
  });
});
