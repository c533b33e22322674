/**
 * How far the integers' fixed point can be from the real one, from theory.
 *
 * With one hidden layer h and outputs y, at a fixed point h = clip(d + W y) and y = clip(c + Wᵀ h); clip never
 * stretches a distance. The integers' fixed point obeys the same with an error of at most u in each unit: half a unit
 * of the state format for `exact` (one rounding), and that over ε for `euler`, which stops where ε(drive − s) rounds
 * to nothing. With w the norm of W, |h − h*| ≤ w |y − y*| + √n u and |y − y*| ≤ w |h − h*| + √m u, so wherever
 * the dynamics contract (w < 1)
 *   |h − h*| ≤ (√n + w √m) u / (1 − w²) and |y − y*| ≤ (√m + w √n) u / (1 − w²).
 * Where they do not contract there is no such bound, and a sample may settle elsewhere altogether.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel } from '#host/kernel/index';
import { relaxMinibatch } from '#host/reference/index';
import { packImage, Relaxation, Tensor } from '#host/wire/index';
import { chainRecords } from '../kernel/chain.js';
import { chained } from '../reference/networks.js';

const ITERATIONS = 2000;

const networks = fc.record({
  pixels: fc.integer({ min: 1, max: 12 }),
  hidden: fc.integer({ min: 1, max: 12 }),
  outputs: fc.integer({ min: 2, max: 6 }),
  stateFraction: fc.integer({ min: 8, max: 14 }),
  seed: fc.nat(),
  contraction: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  epsilon: fc.integer({ min: 410, max: 4096 }),
  relaxation: fc.constantFrom('exact' as const, 'euler' as const),
  image: fc.uint8Array({ minLength: 12, maxLength: 12 }),
});

function real(kernel: Kernel, index: number, count: number, fraction: number): Float64Array {
  const { data } = kernel.execute('read', { offset: 0, index, count, tensor: Tensor.weights, padding: 0 });
  return Float64Array.from(new Int16Array(data.slice().buffer), (word) => word / 2 ** fraction);
}

const distance = (a: Float64Array, b: Float64Array) =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));

describe('the fixed point of the integers', () => {
  it('is within the residual over the contraction of the real one', () => {
    const kernel = new Kernel(1 << 20);
    fc.assert(
      fc.property(networks, (drawn) => {
        const { pixels, hidden, outputs, stateFraction, seed, contraction, epsilon, relaxation } = drawn;
        const sizes = [pixels, hidden, outputs];
        const weightFraction = 13;
        kernel.execute('configure', {
          seed,
          epsilon,
          nudge: 0,
          freeIterations: ITERATIONS,
          nudgedIterations: 1,
          batch: 1,
          stateFraction,
          relaxation: Relaxation[relaxation],
          rounding: 0,
          options: 0,
          inputScale: 4,
          shift: 0,
          ...chainRecords(sizes, weightFraction),
        });
        // Elements within ± limit make a norm of at most limit · √(n m).
        const limit = contraction / Math.sqrt(hidden * outputs);
        kernel.execute('initialise', { limits: [0.7, limit].map((value) => Math.floor(value * 2 ** 24)) });
        const image = drawn.image.slice(0, pixels);
        kernel.execute('sample', { slot: 0, label: 0, image: packImage(image) });
        const { unsettled } = kernel.execute('evaluate', { iterations: ITERATIONS, samples: 1 });
        fc.pre(unsettled === 0);

        const weights = [
          real(kernel, 0, pixels * hidden, weightFraction),
          real(kernel, 1, hidden * outputs, weightFraction),
        ];
        const network = chained(sizes, weights, [new Float64Array(hidden), new Float64Array(outputs)]);
        const dynamics = {
          relaxation,
          epsilon: epsilon / 4096,
          nudge: 0,
          freeIterations: 100 * ITERATIONS,
          nudgedIterations: 1,
        };
        const labels = Uint8Array.of(0);
        const { free } = relaxMinibatch(network, dynamics, { images: image, labels }, undefined);
        const units = hidden + outputs;
        const range = { offset: 0, index: 0, count: units, tensor: Tensor.free, padding: 0 };
        const words = new Int16Array(kernel.execute('read', range).data.slice().buffer);
        const states = Float64Array.from(words, (word) => word / 2 ** stateFraction);

        const norm = Math.sqrt(weights[1].reduce((sum, w) => sum + w * w, 0));
        const unit = 2 ** -(stateFraction + 1) / (relaxation === 'euler' ? epsilon / 4096 : 1);
        const [n, m] = [Math.sqrt(hidden), Math.sqrt(outputs)];
        // The reference's own rounding, far below any unit.
        const slack = 1e-9;
        expect(distance(states.slice(0, hidden), free.slice(0, hidden))).toBeLessThanOrEqual(
          ((n + norm * m) * unit) / (1 - norm ** 2) + slack,
        );
        expect(distance(states.slice(hidden), free.slice(hidden))).toBeLessThanOrEqual(
          ((m + norm * n) * unit) / (1 - norm ** 2) + slack,
        );
      }),
      { numRuns: 300 },
    );
  });
});
