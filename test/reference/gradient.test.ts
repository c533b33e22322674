import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cost } from '#host/reference/energy';
import { type Nudging, relaxMinibatch } from '#host/reference/minibatch';
import type { ReferenceNetwork } from '#host/reference/network';
import { contrast } from '#host/reference/plasticity';
import type { Dynamics } from '#host/reference/relaxation';
import { type Case, cases, coupling, denseDrives } from './networks.js';

/*
 * Equilibrium propagation's claim (Scellier and Bengio 2016, Theorem 1): contrast / β → −dC/dθ as β → 0.
 *
 * With no unit at a kink, the free units that are not saturated solve A s = h + β P (t − s), A = I − W, a
 * linear system with ‖A⁻¹‖ ≤ κ = 1 / (1 − coupling). So s = Σ sₙ βⁿ with ‖sₙ‖ ≤ κⁿ e, e = ‖y − t‖, and a
 * product of two rates (each at most 1) has coefficients of at most κⁿ (2 e + (n − 1) e²).
 * - One phase leaves an error from n = 2 on, centered nudging from n = 3 on, in steps of two.
 * - Towards one weight θ, s has derivatives of at most n! κⁿ σ, σ = ‖(x, s)‖, so C‴ ≤ 6 κ³ σ (e + σ), and a
 *   central difference of step δ errs by δ² C‴ / 6.
 * - Rounding: states to about 10⁻¹⁵ κ, divided by β or δ.
 */
const BETA = 1e-4;
const DELTA = 1e-4;
const ROUNDING = 1e-10;
/** Farther than nudges and differences can shift any drive, so that nothing crosses a kink. */
const MARGIN = 0.01;

function costAtFixedPoint({ network, images, label }: Case, dynamics: Dynamics): number {
  const { free } = relaxMinibatch(network, dynamics, { images, labels: Uint8Array.of(label) }, undefined);
  return cost(network, free, label);
}

function parametersOf({ weights, biases }: ReferenceNetwork): readonly Float64Array[] {
  return [...weights, ...biases];
}

function higherTerms(nudging: Nudging, kappa: number, error: number): number {
  const [first, step] = nudging === 'centered' ? [3, 2] : [2, 1];
  let sum = 0;
  for (let n = first; n < 20; n += step) {
    sum += kappa ** n * (2 * error + (n - 1) * error ** 2) * BETA ** (n - 1);
  }
  return sum;
}

describe.each(['euler', 'exact'] as const)('%s', (relaxation) => {
  const dynamics: Dynamics = {
    relaxation,
    epsilon: 0.5,
    nudge: BETA,
    freeIterations: 400,
    nudgedIterations: 400,
  };

  test.each(['positive', 'negative', 'centered'] as const)('%s: the contrast is the gradient', (nudging) => {
    let largest = 0;
    let saturated = 0;
    fc.assert(
      fc.property(cases({ min: 0.1, max: 0.5 }), (example) => {
        const { network, images, label } = example;
        const batch = { images, labels: Uint8Array.of(label) };
        const relaxed = relaxMinibatch(network, dynamics, batch, nudging);
        const drives = denseDrives(network, images, relaxed.free);
        fc.pre(drives.every((drive) => Math.abs(drive) > MARGIN && Math.abs(drive - 1) > MARGIN));
        saturated += drives.filter((drive) => drive < 0 || drive > 1).length;

        const kappa = 1 / (1 - coupling(network));
        const error = Math.sqrt(2 * relaxed.cost);
        const sigma = Math.sqrt(network.units + network.layers[0]);
        const tolerance =
          higherTerms(nudging, kappa, error) + DELTA ** 2 * kappa ** 3 * sigma * (error + sigma) + ROUNDING;

        const { weights, biases } = contrast(network, batch, relaxed);
        const phases = nudging === 'centered' ? 2 : 1;
        const estimates = [...weights, ...biases];
        parametersOf(network).forEach((parameters, p) => {
          parameters.forEach((value, i) => {
            parameters[i] = value + DELTA;
            const above = costAtFixedPoint(example, dynamics);
            parameters[i] = value - DELTA;
            const below = costAtFixedPoint(example, dynamics);
            parameters[i] = value;
            const gradient = (above - below) / (2 * DELTA);
            largest = Math.max(largest, Math.abs(gradient));
            expect(Math.abs(-estimates[p][i] / (phases * BETA) - gradient)).toBeLessThan(tolerance);
          });
        });
      }),
      { numRuns: 25 },
    );
    expect(largest).toBeGreaterThan(0.1);
    expect(saturated).toBeGreaterThan(0);
  });
});
