/** The same runs in Node, by the library. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '#host/data/index.js';
import { checkRecipe, type Recipe, readPreset } from '#host/model/index.js';
import { startRun } from '#host/runs/index.js';

/** The digest after training. */
export async function trainInNode(recipe: Recipe, data?: Dataset): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'eqprop-lab-'));
  const nothing = () => {};
  try {
    const { position } = await startRun(
      {
        recipe,
        preset: 'none',
        folder: join(folder, 'run'),
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
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same by a preset on the first 10,000 digits. */
export function digestInNode(preset: string, own: Readonly<Record<string, unknown>>): Promise<string> {
  const { values, source } = readPreset(preset);
  return trainInNode(checkRecipe({ ...values, training: '0..10000', validation: 'none', ...own }, source));
}
