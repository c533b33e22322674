/** Spikes counted against a case by hand. */
import { expect, test } from 'vitest';
import { checkRecipe } from '#host/model/index';
import { settle } from '#host/reproduction/slides/sweeps';
import { chained } from '../../reference/networks.js';

test('spikes, what hears of them and what is answered, sweep by sweep', async () => {
  const recipe = checkRecipe(
    {
      ...{ network: '2-1-2', states: 'Q9.6', relaxation: 'spiking', 'pixel-spikes': 1, rates: [0.5, 0.5] },
      ...{
        nudging: 'positive',
        'free-iterations': 4,
        'nudged-iterations': 1,
        beta: 1,
        minibatch: 1,
        epochs: 1,
        training: '0..1',
      },
    },
    'here',
  );
  // Pixels of 192 and 3 are sent as 128 and 2: the hidden unit is driven by 1/2 + 1/4, the second output by as much as that unit's rate.
  const network = chained(
    [2, 1, 2],
    [Float64Array.of(1, 0), Float64Array.of(0, 1)],
    [Float64Array.of(1 / 4), Float64Array.of(1 / 8, 0)],
  );
  const told: number[] = [];
  const { pixelSpikes, pixelAdditions, sweeps } = await settle(
    network,
    recipe,
    { images: Uint8Array.of(192, 3, 0, 0), labels: Uint8Array.of(1, 1) },
    { step: async (_, done) => void told.push(done) },
  );
  expect([pixelSpikes, pixelAdditions]).toEqual([1, 1]);
  // By the first image the hidden unit and the second output go to 1/2 and to 1; by the second to 1/4, 1/2, 3/4 and 1. The first
  // output tells of its bias. A hidden spike is heard by two units, an output's by one.
  expect(sweeps).toEqual([
    { sweep: 1, spikes: 3, additions: 4, error: 0 },
    { sweep: 2, spikes: 5, additions: 7, error: 0 },
    { sweep: 3, spikes: 6, additions: 8.5, error: 0 },
    { sweep: 4, spikes: 7, additions: 10, error: 0 },
  ]);
  expect(told).toEqual([0]);
});
