/** Spiking relaxation in float64: by hand, and beside the kernel, whose sums it has exactly. */
import { expect, test } from 'vitest';
import { Kernel } from '#host/kernel/kernel';
import {
  checkRecipe,
  configureRequest,
  formatsOf,
  graphOf,
  initialiseRequest,
  ratesAt,
  roundedDynamics,
  spared,
  trainRequest,
} from '#host/model/index';
import { ReferenceNetwork, Relaxation, relaxMinibatch } from '#host/reference/index';
import { packImage, Tensor } from '#host/wire/index';
import { tensor } from '../kernel/networks.js';
import { chained, uniform } from './networks.js';

test('a unit tells of 46 / 64 by the powers of two that it is the sum of, the greatest first', () => {
  const network = chained(
    [1, 1, 2],
    [Float64Array.of(0), Float64Array.of(0, 0)],
    [Float64Array.of(46 / 64), Float64Array.of(0, 0)],
  );
  const relaxation = new Relaxation(network, { relaxation: 'spiking', leastSpike: 1 / 64 });
  relaxation.clamp(Uint8Array.of(0), 0);
  const seen = Array.from({ length: 4 }, () => {
    expect(relaxation.settle(0, 0, 1)).toBe(1);
    return 64 * relaxation.states[0];
  });
  expect(seen).toEqual([32, 40, 44, 46]);
  expect([...relaxation.told]).toEqual([0, 4, 0]);
  // Less than half of the least spike is not told of; what is on the way back is, in its own powers.
  relaxation.states[0] = 64 / 64;
  expect(relaxation.settle(0, 0, 9)).toBe(3);
  expect(64 * relaxation.states[0]).toBe(46);
  expect([...relaxation.told]).toEqual([0, 6, 0]);
});

test('pixels keep their greatest powers of two', () => {
  const images = Uint8Array.of(0, 1, 7, 128, 253, 255);
  expect([...spared(images, { 'pixel-spikes': 1 })]).toEqual([0, 1, 4, 128, 128, 128]);
  expect([...spared(images, { 'pixel-spikes': 2 })]).toEqual([0, 1, 6, 128, 192, 192]);
  expect(spared(images, { 'pixel-spikes': 0 })).toBe(images);
});

test('states settle, free and nudged, as the kernel’s do', () => {
  const recipe = checkRecipe(
    {
      ...{ network: '12-9-7-3', weights: 'Q2.13', states: 'Q9.6', relaxation: 'spiking', 'pixel-spikes': 2 },
      ...{ nudging: 'positive', beta: 1, rates: [0.5, 0.5, 0.5], minibatch: 8, training: '0..80', epochs: 1 },
      ...{ 'free-iterations': 30, 'nudged-iterations': 30, 'initial-scale': 1 },
    },
    'here',
  );
  const graph = graphOf(recipe);
  const { weights, states } = formatsOf(recipe);
  const draw = uniform(5);
  const images = Uint8Array.from({ length: 8 * 12 }, () => draw(0, 256));
  const labels = Uint8Array.from({ length: 8 }, () => Math.floor(draw(0, 3)));
  const kernel = new Kernel(1 << 16);
  kernel.execute('configure', configureRequest(recipe));
  kernel.execute('initialise', initialiseRequest(recipe));
  const matrices = graph.connections.map(({ weights: count }, k) =>
    Float64Array.from(tensor(kernel, Tensor.weights, k, count), (w) => Number(w) / 2 ** weights[k].fraction),
  );
  labels.forEach((label, slot) => {
    const image = packImage(images.subarray(12 * slot, 12 * (slot + 1)));
    kernel.execute('sample', { slot, label, image });
  });
  kernel.execute('train', trainRequest(0, 8, ratesAt(recipe, 0, 10, 8)));

  const biases = graph.layers.slice(1).map(({ biases: count }) => new Float64Array(count));
  const relaxed = relaxMinibatch(
    new ReferenceNetwork(graph, matrices, biases),
    roundedDynamics(recipe),
    { images: spared(images, recipe), labels },
    'positive',
  );
  for (const side of ['free', 'plus'] as const) {
    const settled = labels.length * graph.units;
    const kept = Array.from({ length: labels.length }, (_, slot) =>
      tensor(kernel, Tensor[side], slot, graph.units).map(Number),
    );
    expect(kept.flat().map((state) => state / 2 ** states.fraction)).toEqual(Array.from(relaxed[side]));
    expect(relaxed[side].filter((state) => state > 0 && state < 1).length).toBeGreaterThan(settled / 4);
  }
  expect(Math.max(...relaxed.freeIterations)).toBeGreaterThan(3);
});
