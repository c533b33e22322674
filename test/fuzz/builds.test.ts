/** Weights and states at the ends of what they hold, where sums wrap: both builds still agree to the bit. */
import { expect, test } from 'vitest';
import { hostModule, portableModule } from '#host/kernel/index';
import { storages } from '#host/model/index';
import { Beside, ROOM } from './builds.js';
import { runEpisode } from './examine.js';
import { Tally } from './tally.js';

const SEED = 3;
const FRAMES = 5000;

test.each(storages)('%i bits', (storage) => {
  const compile = (bytes: Uint8Array) => new WebAssembly.Module(Buffer.from(bytes));
  const beside = new Beside(compile(hostModule(storage)));
  runEpisode(compile(portableModule(storage)), storage, SEED, 0, FRAMES, new Tally(), beside, ROOM);
  expect(beside.compared).toBeGreaterThan(FRAMES / 20);
});
