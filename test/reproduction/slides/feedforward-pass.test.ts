/** A pass that learns to say what a chain settles in, against cases by hand. */
import { expect, test } from 'vitest';
import { FeedforwardPass } from '#host/reproduction/slides/feedforward-pass';
import { quantile } from '#host/reproduction/slides/feedforward-start';
import { productsOfChanges } from '#host/reproduction/slides/sweeps';
import { chain, chained } from '../../reference/networks.js';

test('one step of the normalised delta rule, by hand', () => {
  const pass = new FeedforwardPass(chain([2, 1, 1]));
  // Pixels of 128 and 0 are 1/2 and 0: the norm is 1 + 1/4, the step 0.2 · (1/2 − 0) / 1.25 = 0.08; above it, 0.2 · 1 / 1.25 = 0.16.
  pass.learn(Uint8Array.of(128, 0), Float64Array.of(1 / 2, 1));
  const [hidden, output] = pass.statesOf(Uint8Array.of(128, 255));
  // A weight of 0.04 and a bias of 0.08; then of 0.08 and 0.16.
  expect(hidden).toBeCloseTo(0.5 * 0.04 + 0.08, 12);
  expect(output).toBeCloseTo(0.1 * 0.08 + 0.16, 12);
  // Two lit pixels for one unit, one hidden unit for one output.
  expect(pass.productsOf(Uint8Array.of(128, 255), Float64Array.of(hidden, output))).toBe(3);
});

test('what can be said is learnt', () => {
  const pass = new FeedforwardPass(chain([3, 2, 2]));
  const images = [Uint8Array.of(200, 0, 30), Uint8Array.of(0, 120, 60), Uint8Array.of(90, 90, 0)];
  const settled = [
    Float64Array.of(0.8, 0, 0.3, 0.5),
    Float64Array.of(0, 0.5, 0.6, 0),
    Float64Array.of(0.4, 0.4, 0.1, 1),
  ];
  for (let n = 0; n < 60_000; n++) pass.learn(images[n % 3], settled[n % 3]);
  images.forEach((image, n) => {
    Array.from(pass.statesOf(image)).forEach((state, u) => {
      expect(state).toBeCloseTo(settled[n][u], 3);
    });
  });
});

test('quantiles and products by hand', () => {
  expect([0.5, 0.95, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([2, 4, 4]);
  const network = chained(
    [3, 2, 4],
    [new Float64Array(6), new Float64Array(8)],
    [new Float64Array(2), new Float64Array(4)],
  );
  // A hidden unit is heard by 4, an output by 2; a pixel by 2.
  expect(productsOfChanges(network, Uint32Array.of(1, 10, 100))).toBe(2 + 40 + 200);
});
