/**
 * The Pico's image in its emulator, behind a bad line and reset now and then: it must end with the bits of a simulated
 * device that nothing disturbed.
 *
 * EQPROP_FAULTS: faults, at least (default 10,000); EQPROP_SEED.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDevice } from '#host/firmware/open-device';
import { FaultProxy } from '../faults/proxy.js';
import { begin } from '../training/runs.js';
import { smallRecipe, temporaryFolder, writeSmallData } from '../training/small-data.js';

const FAULTS = Number(process.env.EQPROP_FAULTS ?? 10_000);
const SEED = Number(process.env.EQPROP_SEED ?? 1);
/** Bytes from one fault to the next, either way. */
const EVERY = 400;
const IMAGES = 2000;
/** Faults that befall a pass over the images, at least, to plan how many passes it takes. */
const FAULTS_A_PASS = 900;
const MINUTE = 60_000;

let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path, IMAGES);
});
afterAll(() => temporary.remove());

test('the Pico under faults ends with the same bits', async () => {
  const epochs = Math.ceil(FAULTS / FAULTS_A_PASS);
  const recipe = smallRecipe({
    training: `0..${IMAGES}`,
    epochs,
    'free-iterations': 4,
    'nudged-iterations': 2,
  });
  const plan = { data: temporary.path, recipe, checkpointInterval: 5000 } as const;
  const { result: undisturbed } = await begin({ ...plan, folder: join(temporary.path, 'undisturbed') });

  const began = performance.now();
  const faults = { every: EVERY };
  const proxy = await FaultProxy.start({
    device: () => openDevice('pico', { baudRate: 115_200 }),
    seed: SEED,
    toDevice: faults,
    fromDevice: faults,
    resetEvery: 500_000,
    disconnectEvery: 500_000,
  });
  const minute = setInterval(() => console.log(`${proxy.faults} faults`), MINUTE);
  try {
    const device = { device: proxy.spec, options: { baudRate: 115_200 }, patience: 60_000 };
    const { result, losses } = await begin({ ...plan, folder: join(temporary.path, 'pico'), device });
    console.log({
      seed: SEED,
      faults: proxy.faults,
      ...proxy.counts,
      images: epochs * IMAGES,
      ...proxy.bytes,
      connectionsLost: losses.length,
      repliesEqual: result.position.checked,
      minutes: (performance.now() - began) / MINUTE,
      digest: result.position.digest,
    });
    expect(result.position.digest).toBe(undisturbed.position.digest);
    expect(result.parameters).toEqual(undisturbed.parameters);
    expect(result.test).toEqual(undisturbed.test);
    expect(proxy.faults).toBeGreaterThanOrEqual(FAULTS);
  } finally {
    clearInterval(minute);
    await proxy.end();
  }
});
