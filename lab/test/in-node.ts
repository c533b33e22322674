/** The same runs in Node, by the library. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '#host/data/index.js';
import { checkRecipe, type Recipe, readPreset } from '#host/model/index.js';
import { startRun } from '#host/runs/index.js';

/**
 * Trains in a folder that is not there yet.
 * @returns the digest after training
 */
export async function runInNode(folder: string, recipe: Recipe, data?: Dataset): Promise<string> {
  const nothing = () => {};
  const { position } = await startRun(
    {
      recipe,
      preset: 'none',
      folder,
      device: { device: 'simulated', options: {}, patience: 30_000 },
      verification: { kind: 'digest' },
      compareEvery: 0,
      shadow: false,
      checkpointInterval: 600_000,
      ...(data && { data }),
    },
    { onStart: nothing, onProgress: nothing, onMetrics: nothing, onLost: nothing },
    new AbortController().signal,
  );
  return position.digest;
}

/** The same in a folder that is gone afterwards. */
export async function trainInNode(recipe: Recipe, data?: Dataset): Promise<string> {
  const room = mkdtempSync(join(tmpdir(), 'eqprop-lab-'));
  try {
    return await runInNode(join(room, 'run'), recipe, data);
  } finally {
    rmSync(room, { recursive: true });
  }
}

/** The same by a preset on the first 10,000 digits. */
export function digestInNode(preset: string, own: Readonly<Record<string, unknown>>): Promise<string> {
  const { values, source } = readPreset(preset);
  return trainInNode(checkRecipe({ ...values, training: '0..10000', validation: 'none', ...own }, source));
}
