/**
 * Whole training runs over lines that spoil, lose, repeat, reorder and stall, devices that are reset and connections
 * that break: each must end with the bits of a run that nothing disturbed.
 *
 * EQPROP_FAULTS: faults, at least (default 1,000,000); EQPROP_SEED.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelLine } from '../faults/kernel-line.js';
import { faultKinds } from '../faults/spoiler.js';
import { begin } from '../runs/runs.js';
import { temporaryFolder, writeSmallData } from '../runs/small-data.js';
import { MINUTE, SEED, soakRecipe, trainOver } from './trained-over.js';

const FAULTS = Number(process.env.EQPROP_FAULTS ?? 1_000_000);
/** Runs at a time: a line with faults waits more than it works. */
const RUNS = 32;
const IMAGES = 10_000;
/** Faults that befall a pass over the images, at least, to plan how many passes it takes. */
const FAULTS_A_PASS = 3000;
/** Bytes. */
const CUT_EVERY = 1_000_000;

let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
  writeSmallData(temporary.path, IMAGES);
});
afterAll(() => temporary.remove());

test('runs under faults end with the same bits', async () => {
  const epochs = Math.ceil(FAULTS / FAULTS_A_PASS / RUNS);
  const recipe = soakRecipe(IMAGES, epochs);
  const plan = {
    data: temporary.path,
    recipe,
    checkpointInterval: 2000,
    verification: { kind: 'off' },
  } as const;
  const { result: undisturbed } = await begin({ ...plan, folder: join(temporary.path, 'undisturbed') });

  const began = performance.now();
  const over = { device: kernelLine, cutEvery: CUT_EVERY, interval: 2 * MINUTE };
  const runs = await Promise.all(
    Array.from({ length: RUNS }, (_, n) => {
      const seed = RUNS * SEED + n;
      return trainOver({ ...plan, folder: join(temporary.path, `${seed}`) }, { ...over, seed });
    }),
  );
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
