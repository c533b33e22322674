/** Boltzmann distributions beside what is known of them, and the walks that draw from them. */
import { describe, expect, test } from 'vitest';
import { Draws } from '#host/reproduction/draws';
import {
  changed,
  expectations,
  Langevin,
  randomSmallNetwork,
} from '#host/reproduction/equilibrium-propagation/boltzmann';
import { centeredContrast, expectedGradient } from '#host/reproduction/equilibrium-propagation/stochastic';
import { relativeDistance } from '#host/reproduction/statistics';

const alone = { weights: [0], biases: [0, 0], target: 1 };

describe('units that nothing joins', () => {
  test.each([
    [1, 0],
    [1, 0.5],
    [0.1, 0.25],
    [0.03, -0.5],
  ])('are Gaussian: T = %s, β = %s', (temperature, nudge) => {
    // F = ½ s² + β ½ (s − 1)²: mean β / (1 + β), variance T / (1 + β).
    const variance = temperature / (1 + nudge);
    const error = 1 - nudge / (1 + nudge);
    const { cost, costVariance } = expectations(alone, temperature, nudge);
    // Six standard deviations are cut off.
    expect(cost).toBeCloseTo((variance + error ** 2) / 2, 5);
    expect(costVariance).toBeCloseTo(variance ** 2 / 2 + error ** 2 * variance, 4);
  });

  test('have the mean rate of a normal distribution that is clipped', () => {
    const { correlations } = expectations(alone, 1, 0);
    // E clip(z, 0, 1) = φ(0) − φ(1) + P(z > 1), P(z > 1) = 0.158655254.
    const phi = (z: number) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const rate = phi(0) - phi(1) + 0.158655254;
    expect(correlations[1]).toBeCloseTo(rate, 3);
    expect(correlations[0]).toBeCloseTo(rate ** 2, 3);
  });
});

test('a parameter is changed by its place: weights, then biases', () => {
  const network = { weights: [1, 2, 3], biases: [4, 5, 6], target: 0 };
  expect(changed(network, 2, 10)).toEqual({ ...network, weights: [1, 2, 13] });
  expect(changed(network, 3, 10)).toEqual({ ...network, biases: [14, 5, 6] });
});

test('the centered contrast is the gradient of the expected cost, at any temperature', () => {
  const network = randomSmallNetwork(2, new Draws(3, 0));
  for (const temperature of [1, 0.2]) {
    const gradient = expectedGradient(network, temperature);
    expect(relativeDistance([centeredContrast(network, temperature, 0.001)], [gradient])).toBeLessThan(1e-4);
  }
});

describe('a walk', () => {
  test('without noise goes downhill by Euler’s steps', () => {
    const network = { weights: [0.5], biases: [0.1, 0.2], target: 1 };
    const walk = new Langevin(network, 1, 0.4, 0.5);
    walk.step(new Float64Array(2));
    // From ½ each: 0.5 + ½ (0.1 + 0.25 − 0.5), and with the pull of 0.4 · (1 − 0.5).
    expect(walk.states[0]).toBeCloseTo(0.425, 12);
    expect(walk.states[1]).toBeCloseTo(0.5 + 0.5 * (0.45 - 0.5 + 0.2), 12);
    const sums = new Float64Array(3);
    walk.addCorrelations(sums, 2);
    expect(sums).toEqual(Float64Array.of(2 * 0.425 * walk.states[1], 0.85, 2 * walk.states[1]));
  });

  test('beyond its rate’s bounds a unit feels no drive', () => {
    const walk = new Langevin({ weights: [], biases: [3], target: 0 }, 0, 0, 0.5);
    walk.states[0] = 2;
    walk.step(new Float64Array(1));
    expect(walk.states[0]).toBe(1);
  });

  test('of a unit alone has the variance T / (1 − ε / 2)', () => {
    const walk = new Langevin({ weights: [], biases: [0], target: 0 }, 0.5, 0, 0.4);
    const draws = new Draws(1, 1);
    const steps = 200_000;
    let squares = 0;
    for (let t = 0; t < steps; t++) {
      walk.step(Float64Array.of(draws.gaussian()));
      squares += walk.states[0] ** 2;
    }
    // Neighbours correlate by 0.6, so that (1 + 0.36) / (1 − 0.36) steps are worth one: five standard errors.
    const expected = 0.5 / 0.8;
    const error = expected * Math.sqrt((2 * 2.125) / steps);
    expect(Math.abs(squares / steps - expected)).toBeLessThan(5 * error);
  });
});

describe('draws', () => {
  test('are functions of seed, purpose and number', () => {
    const first = (seed: number, purpose: number) => {
      const draws = new Draws(seed, purpose);
      return [draws.uniform(0, 1), draws.whole(1, 6), draws.gaussian()];
    };
    expect(first(1, 2)).toEqual(first(1, 2));
    expect(first(1, 2)).not.toEqual(first(1, 3));
    expect(first(1, 2)).not.toEqual(first(2, 2));
  });

  test('keep within their bounds, and reach them', () => {
    const draws = new Draws(1, 1);
    const faces = new Set(Array.from({ length: 1000 }, () => draws.whole(1, 6)));
    expect([...faces].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('of the normal distribution have its moments', () => {
    const draws = new Draws(5, 1);
    const count = 100_000;
    const values = Array.from({ length: count }, () => draws.gaussian());
    const moment = (power: number) => values.reduce((sum, one) => sum + one ** power, 0) / count;
    // Five standard errors: √(1/n), √(2/n), √(96/n).
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  });
});
