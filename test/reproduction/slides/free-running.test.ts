/** A free run of two units beside what a pencil finds: W = 1, b = 0, from (1, ½) by ε = ½ to (¾, ¾). */
import { describe, expect, test } from 'vitest';
import { Draws } from '#host/reproduction/draws';
import { agreement, FreeNetwork, memoryOf } from '#host/reproduction/slides/free-running';

const walk = { epsilon: 0.5, steps: 1, temperature: 0 };
const start = Float64Array.of(1, 0.5);
const end = Float64Array.of(0.75, 0.75);

function dreamt(learning: number): FreeNetwork {
  const network = new FreeNetwork(Float64Array.of(0, 1, 1, 0), Float64Array.of(0, 0));
  const states = start.slice();
  network.run(states, walk, learning, new Draws(1, 0));
  expect(states).toEqual(end);
  return network;
}
const rise = (network: FreeNetwork) => network.energy(end) - network.energy(start);

describe('one step', () => {
  test('without learning: the energy falls from ⅛ to 0', () => {
    const network = dreamt(0);
    expect([network.energy(start), network.energy(end)]).toEqual([1 / 8, 0]);
  });

  test('by STDP: ΔW = −¼ · ½ + 1 · ¼, the end falls further below the start', () => {
    const network = dreamt(1);
    expect(network.weights).toEqual(Float64Array.of(0, 9 / 8, 9 / 8, 0));
    expect(network.biases).toEqual(Float64Array.of(-1 / 4, 1 / 4));
    expect(rise(network)).toBeCloseTo(-1 / 8 - 1 / 128 - 1 / 8, 15);
  });

  test('by reverse STDP: the end is raised above the start', () => {
    const network = dreamt(-1);
    expect(network.weights).toEqual(Float64Array.of(0, 7 / 8, 7 / 8, 0));
    expect(rise(network)).toBeCloseTo(1 / 128, 15);
  });

  test('states stay within 0 and 1, and learn of what they moved by', () => {
    const network = new FreeNetwork(Float64Array.of(0, 4, 4, 0), Float64Array.of(0, -9));
    const states = start.slice();
    network.run(states, walk, 1, new Draws(1, 0));
    expect(states).toEqual(Float64Array.of(1, 0));
    expect(network.biases).toEqual(Float64Array.of(0, -9.5));
  });
});

test('a stored pattern drives every unit beyond its bounds, by half the gain', () => {
  const pattern = Float64Array.of(1, 0, 1, 1, 0);
  const network = memoryOf([pattern], 2);
  const states = pattern.slice();
  network.run(states, { ...walk, steps: 10 }, 0, new Draws(1, 0));
  expect(states).toEqual(pattern);
  expect(agreement(states, Float64Array.of(0.9, 0.1, 0.4, 0.5, 0.6))).toBe(3 / 5);
});
