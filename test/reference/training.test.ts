import { describe, expect, test } from 'vitest';
import { glorotLimit } from '#host/model/index';
import { relaxMinibatch } from '#host/reference/minibatch';
import { ReferenceNetwork } from '#host/reference/network';
import type { Dynamics } from '#host/reference/relaxation';
import { trainMinibatch } from '#host/reference/training';
import { chain } from './networks.js';

/** Exclusive or of two pixels among ten: no network without a hidden layer can tell these. */
const images = new Uint8Array(4 * 10);
const labels = new Uint8Array(4);
for (let n = 0; n < 4; n++) {
  images[n * 10] = n & 1 ? 255 : 0;
  images[n * 10 + 1] = n & 2 ? 255 : 0;
  labels[n] = (n & 1) ^ (n >> 1);
}

describe.each([
  ['euler', 'positive'],
  ['euler', 'centered'],
  ['exact', 'centered'],
] as const)('%s, %s', (relaxation, nudging) => {
  // Weights of half Glorot's limit and a strong nudge: an output clipped to 0 does not feel a weak one.
  const layers = [10, 20, 2];
  const limits = [glorotLimit(10, 20) / 2, glorotLimit(20, 2) / 2];
  const dynamics: Dynamics = {
    relaxation,
    epsilon: 0.5,
    nudge: 0.5,
    freeIterations: 60,
    nudgedIterations: 60,
  };
  const gain = 0.5 / (dynamics.nudge * labels.length * (nudging === 'centered' ? 2 : 1));

  const rates = { gains: [gain, gain / 2], decays: [0, 0], biasGains: [gain, gain / 2] };

  test.each([0, 1, 2])('learns exclusive or from seed %d', (seed) => {
    const network = ReferenceNetwork.initial(chain(layers), seed, limits);
    const before = relaxMinibatch(network, dynamics, { images, labels }, undefined);
    for (let step = 0; step < 1000; step++) {
      trainMinibatch(network, dynamics, { images, labels }, nudging, rates);
    }
    const after = relaxMinibatch(network, dynamics, { images, labels }, undefined);
    expect(after.predictions).toEqual(labels);
    expect(after.cost).toBeLessThan(before.cost / 10);
  });
});
