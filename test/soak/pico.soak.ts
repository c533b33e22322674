/**
 * The Pico's image in its emulator, behind a bad line and reset now and then: it must end with the bits of a simulated
 * device that nothing disturbed.
 *
 * EQPROP_FAULTS: faults, at least (default 10,000); EQPROP_SEED.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDevice } from '#host/firmware/index';
import { begin } from '../runs/runs.js';
import { temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { MINUTE, SEED, soakRecipe, trainOver } from './trained-over.js';

const FAULTS = Number(process.env.EQPROP_FAULTS ?? 10_000);
const IMAGES = 2000;
/** Faults that befall a pass over the images, at least, to plan how many passes it takes. */
const FAULTS_A_PASS = 350;
/** Bytes. */
const CUT_EVERY = 500_000;

let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path, IMAGES);
});
afterAll(() => temporary.remove());

test('the Pico under faults ends with the same bits', async () => {
  const epochs = Math.ceil(FAULTS / FAULTS_A_PASS);
  const recipe = soakRecipe(IMAGES, epochs);
  const plan = { data: temporary.path, recipe, checkpointInterval: 5000 } as const;
  const { result: undisturbed } = await begin({ ...plan, folder: join(temporary.path, 'undisturbed') });

  const began = performance.now();
  const device = () => openDevice('pico', { baudRate: 115_200 });
  const over = { device, seed: SEED, cutEvery: CUT_EVERY, interval: MINUTE };
  const run = await trainOver({ ...plan, folder: join(temporary.path, 'pico') }, over);
  const { result, losses, counts, faults, bytes } = run;
  console.log({
    seed: SEED,
    faults,
    ...counts,
    images: epochs * IMAGES,
    ...bytes,
    connectionsLost: losses.length,
    repliesEqual: result.position.checked,
    minutes: (performance.now() - began) / MINUTE,
    digest: result.position.digest,
  });
  expect(result.position.digest).toBe(undisturbed.position.digest);
  expect(result.parameters).toEqual(undisturbed.parameters);
  expect(result.test).toEqual(undisturbed.test);
  expect(faults).toBeGreaterThanOrEqual(FAULTS);
});
