/**
 * A whole training run over a line that spoils, loses, repeats, reorders and stalls, a device that is reset and
 * connections that break: it must end with the bits of a run that nothing disturbed.
 *
 * EQPROP_FAULTS: faults, at least (default 1,000,000); EQPROP_SEED.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LinkCounters } from '#host/link/link';
import { kernelLine } from '../faults/kernel-line.js';
import { FaultProxy } from '../faults/proxy.js';
import { begin, type Recorded } from '../training/runs.js';
import { smallRecipe, temporaryFolder, writeSmallData } from '../training/small-data.js';

const FAULTS = Number(process.env.EQPROP_FAULTS ?? 1_000_000);
const SEED = Number(process.env.EQPROP_SEED ?? 1);
/** Bytes from one fault to the next, either way: about every eighth frame is hit. */
const EVERY = 400;
/** Images of a pass, and the faults that befall one, to plan how many passes it takes. */
const IMAGES = 20_000;
const FAULTS_A_PASS = 4000;
const REPORT_INTERVAL = 60_000;

let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path, IMAGES);
});
afterAll(() => temporary.remove());

test('a run under faults ends with the same bits', async () => {
  const epochs = Math.ceil(FAULTS / FAULTS_A_PASS);
  const recipe = smallRecipe({
    training: `0..${IMAGES}`,
    epochs,
    'free-iterations': 4,
    'nudged-iterations': 2,
  });
  const plan = {
    data: temporary.path,
    recipe,
    checkpointInterval: 2000,
    verification: { kind: 'off' },
  } as const;
  const undisturbed = await begin({ ...plan, folder: join(temporary.path, 'undisturbed') });

  const began = performance.now();
  const proxy = await FaultProxy.start({
    device: kernelLine,
    seed: SEED,
    toDevice: { every: EVERY },
    fromDevice: { every: EVERY },
    resetEvery: 30_000_000,
    disconnectEvery: 30_000_000,
  });
  const minute = setInterval(() => console.log(`${proxy.faults} faults`), REPORT_INTERVAL);
  let run: Recorded;
  try {
    const device = { device: proxy.spec, options: { baudRate: 115_200 }, patience: 30_000 };
    run = await begin({ ...plan, folder: join(temporary.path, 'run'), device });
  } finally {
    clearInterval(minute);
    await proxy.end();
  }
  const { result } = run;
  const link: LinkCounters = result.link;
  console.log({
    seed: SEED,
    faults: proxy.faults,
    kinds: proxy.counts,
    images: epochs * IMAGES,
    bytes: proxy.bytes,
    lost: run.losses.length,
    link,
    minutes: (performance.now() - began) / 60_000,
    digests: [result.position.digest, undisturbed.result.position.digest],
  });
  expect(proxy.faults).toBeGreaterThanOrEqual(FAULTS);
  expect(result.position.digest).toBe(undisturbed.result.position.digest);
  expect(result.parameters).toEqual(undisturbed.result.parameters);
  expect(result.test).toEqual(undisturbed.result.test);
});
