/**
 * Whole training runs over lines that spoil, lose, repeat, reorder and stall, devices that are reset and connections
 * that break: each must end with the bits of a run that nothing disturbed.
 *
 * EQPROP_FAULTS: faults, at least (default 1,000,000); EQPROP_SEED.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelLine } from '../faults/kernel-line.js';
import { FaultProxy } from '../faults/proxy.js';
import { faultKinds } from '../faults/spoiler.js';
import { begin, type RunPlan } from '../training/runs.js';
import { smallRecipe, temporaryFolder, writeSmallData } from '../training/small-data.js';

const FAULTS = Number(process.env.EQPROP_FAULTS ?? 1_000_000);
const SEED = Number(process.env.EQPROP_SEED ?? 1);
/** Runs at a time: a line with faults waits more than it works. */
const RUNS = 32;
/** Bytes from one fault to the next, either way: about every seventh frame is hit. */
const EVERY = 400;
const IMAGES = 10_000;
/** Faults that befall a pass over the images, at least, to plan how many passes it takes. */
const FAULTS_A_PASS = 6000;
const MINUTE = 60_000;

let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path, IMAGES);
});
afterAll(() => temporary.remove());

async function trainOver(plan: Omit<RunPlan, 'folder'>, seed: number) {
  const proxy = await FaultProxy.start({
    device: kernelLine,
    seed,
    toDevice: { every: EVERY },
    fromDevice: { every: EVERY },
    resetEvery: 1_000_000,
    disconnectEvery: 1_000_000,
  });
  const progress = setInterval(() => console.log(`seed ${seed}: ${proxy.faults} faults`), 2 * MINUTE);
  try {
    const device = { device: proxy.spec, options: { baudRate: 115_200 }, patience: 60_000 };
    const { result, losses } = await begin({ ...plan, folder: join(temporary.path, `${seed}`), device });
    return { seed, result, losses, counts: proxy.counts, faults: proxy.faults, bytes: proxy.bytes };
  } finally {
    clearInterval(progress);
    await proxy.end();
  }
}

test('runs under faults end with the same bits', async () => {
  const epochs = Math.ceil(FAULTS / FAULTS_A_PASS / RUNS);
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
  const { result: undisturbed } = await begin({ ...plan, folder: join(temporary.path, 'undisturbed') });

  const began = performance.now();
  const runs = await Promise.all(Array.from({ length: RUNS }, (_, n) => trainOver(plan, RUNS * SEED + n)));
  const total = (of: (run: (typeof runs)[number]) => number) => runs.reduce((sum, run) => sum + of(run), 0);
  const kinds = [...faultKinds, 'reset', 'disconnect'] as const;
  console.log({
    seed: SEED,
    faults: total((run) => run.faults),
    ...Object.fromEntries(kinds.map((kind) => [kind, total(({ counts }) => counts[kind] ?? 0)])),
    images: RUNS * epochs * IMAGES,
    toDevice: total(({ bytes }) => bytes.toDevice),
    fromDevice: total(({ bytes }) => bytes.fromDevice),
    connectionsLost: total(({ losses }) => losses.length),
    minutes: (performance.now() - began) / MINUTE,
    digest: undisturbed.position.digest,
  });
  for (const { seed, result } of runs) {
    expect(result.position.digest, `seed ${seed}`).toBe(undisturbed.position.digest);
    expect(result.parameters, `seed ${seed}`).toEqual(undisturbed.parameters);
    expect(result.test, `seed ${seed}`).toEqual(undisturbed.test);
  }
  expect(total(({ faults }) => faults)).toBeGreaterThanOrEqual(FAULTS);
});
