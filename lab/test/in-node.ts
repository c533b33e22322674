/** The same runs in Node, by the library. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRecipe, readPreset } from '#host/model/index.js';
import { startRun } from '#host/runs/index.js';

/** The digest after training on the first 10,000 digits. */
export async function digestInNode(preset: string, own: Readonly<Record<string, unknown>>): Promise<string> {
  const { values, source } = readPreset(preset);
  const recipe = checkRecipe({ ...values, training: '0..10000', validation: 'none', ...own }, source);
  const folder = mkdtempSync(join(tmpdir(), 'eqprop-lab-'));
  const nothing = () => {};
  try {
    const { position } = await startRun(
      {
        recipe,
        preset,
        folder: join(folder, 'run'),
        device: { device: 'simulated', options: {}, patience: 30_000 },
        verification: { kind: 'digest' },
        compareEvery: 0,
        shadow: false,
        checkpointInterval: 600_000,
      },
      { onStart: nothing, onProgress: nothing, onMetrics: nothing, onLost: nothing },
      new AbortController().signal,
    );
    return position.digest;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
