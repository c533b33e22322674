/**
 * Equilibrium propagation's claim (Scellier and Bengio 2016, Theorem 1): contrast / β → −dC/dθ as β → 0.
 *
 * With no unit at a kink, the free units that are not saturated solve A s = h + β P (t − s), A = I − W, a
 * linear system with ‖A⁻¹‖ ≤ κ = 1 / (1 − coupling). So s = Σ sₙ βⁿ with ‖sₙ‖ ≤ κⁿ e, e = ‖y − t‖, and a
 * product of two rates (each at most 1) has coefficients of at most κⁿ (2 e + (n − 1) e²).
 * - One phase leaves an error from n = 2 on, centered nudging from n = 3 on, in steps of two; a parameter that m pairs of
 *   units share is a sum of m such products.
 * - Towards one weight θ, s has derivatives of at most n! κⁿ mⁿ σ, σ = ‖(x, s)‖, so C‴ ≤ 6 κ³ m³ σ (e + σ), and a
 *   central difference of step δ errs by δ² C‴ / 6.
 * - Rounding: states to about 10⁻¹⁵ κ, divided by β or δ.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forEachJoint } from '#host/model/index';
import { cost } from '#host/reference/energy';
import type { Dynamics, ReferenceNetwork } from '#host/reference/index';
import { contrast, relaxMinibatch } from '#host/reference/index';
import { dense, graphOfLayers, vectorOf } from '../kernel/configure.js';
import type { Joint } from '../kernel/networks.js';
import { type Case, choiceMargin, coupling, denseDrives, scaledCase } from '../reference/networks.js';

const BETA = 1e-4;
const DELTA = 1e-4;
const ROUNDING = 1e-10;
/** Farther than nudges and differences can shift any drive, so that nothing crosses a kink. */
const MARGIN = 0.01;

function costAtFixedPoint({ network, images, label }: Case, dynamics: Dynamics): number {
  const { free } = relaxMinibatch(network, dynamics, { images, labels: Uint8Array.of(label) }, undefined);
  return cost(network, free, label);
}

function higherTerms(nudging: 'positive' | 'negative' | 'centered', kappa: number, error: number): number {
  const [first, step] = nudging === 'centered' ? [3, 2] : [2, 1];
  let sum = 0;
  for (let n = first; n < 20; n += step) {
    sum += kappa ** n * (2 * error + (n - 1) * error ** 2) * BETA ** (n - 1);
  }
  return sum;
}

/** How many pairs of units share each parameter: of the matrices, then of the biases. */
function sharesOf({ graph: { layers, connections } }: ReferenceNetwork): readonly (readonly number[])[] {
  const ofWeights = connections.map(({ pre, post, map, weights }) => {
    const shares = new Array<number>(weights).fill(0);
    forEachJoint(map, layers[pre].units, layers[post].units, (_i, _j, element) => {
      shares[element]++;
    });
    return shares;
  });
  const ofBiases = layers.slice(1).map(({ units, biases }) => new Array<number>(biases).fill(units / biases));
  return [...ofWeights, ...ofBiases];
}

/** A joint between a small input, or a small layer, and three outputs; now and then with a connection past it. */
function small(joints: fc.Arbitrary<Joint>): fc.Arbitrary<Case> {
  return fc
    .record({
      joint: joints,
      isFirst: fc.boolean(),
      skips: fc.boolean(),
      biasEach: fc.boolean(),
      seed: fc.integer(),
      coupling: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
    })
    .map(({ joint: { kind, pre, post, words }, isFirst, skips, biasEach, seed, coupling: wanted }) => {
      const shapes = [...(isFirst ? [] : [vectorOf(3)]), pre, post, vectorOf(3)];
      const isLateral = kind === 'lateral';
      const at = isFirst ? 0 : 1;
      const chain = shapes
        .slice(1)
        .map((_, k) => ({ ...dense(k, k + 1), ...(k === at && !isLateral && { kind, words }) }));
      const joined = [
        ...chain,
        ...(skips ? [dense(at, at + 2)] : []),
        ...(isLateral ? [{ ...dense(at + 1, at + 1), kind, words }] : []),
      ];
      const parts = { joined, biasEach: shapes.map(() => biasEach), seed };
      return scaledCase(graphOfLayers(shapes, parts), seed, wanted);
    });
}

export function holdsItsGradient(joints: fc.Arbitrary<Joint>): void {
  it.each([
    'positive',
    'negative',
    'centered',
  ] as const)('nudged %s, its contrast is the gradient', (nudging) => {
    let largest = 0;
    let saturated = 0;
    fc.assert(
      fc.property(small(joints), fc.constantFrom('euler', 'exact'), (example, relaxation) => {
        const dynamics: Dynamics = {
          relaxation,
          epsilon: 0.5,
          nudge: BETA,
          freeIterations: 400,
          nudgedIterations: 400,
        };
        const { network, images, label } = example;
        const batch = { images, labels: Uint8Array.of(label) };
        const relaxed = relaxMinibatch(network, dynamics, batch, nudging);
        const drives = denseDrives(network, images, relaxed.free);
        fc.pre(drives.every((drive) => Math.abs(drive) > MARGIN && Math.abs(drive - 1) > MARGIN));
        fc.pre(choiceMargin(network, images, relaxed.free) > MARGIN);
        saturated += drives.filter((drive) => drive < 0 || drive > 1).length;

        const kappa = 1 / (1 - coupling(network));
        const error = Math.sqrt(2 * relaxed.cost);
        const sigma = Math.sqrt(network.units + network.graph.inputs);
        const { weights, biases } = contrast(network, batch, relaxed);
        const phases = nudging === 'centered' ? 2 : 1;
        const estimates = [...weights, ...biases];
        const shares = sharesOf(network);
        [...network.weights, ...network.biases].forEach((parameters, p) => {
          parameters.forEach((value, i) => {
            const m = shares[p][i];
            if (m === 0) return;
            const tolerance =
              m * higherTerms(nudging, kappa, error) +
              DELTA ** 2 * (m * kappa) ** 3 * sigma * (error + sigma) +
              m * ROUNDING;
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
}
