/** The firmware's benchmark: its plain C kernel must answer as the module does, or nothing is compared. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const RUN = fileURLToPath(new URL('../../bench/firmware/run.mjs', import.meta.url));
/** The first fetch of the compiler included. */
const PATIENCE = 400_000;

test(
  'runs on the emulated Pico, and all its kernels have the same digests',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      RUN,
      '--json',
      '--minibatches',
      '1',
      'pico',
    ]);
    const rows: readonly { work: string; products: number }[] = JSON.parse(stdout);
    expect(rows.map(({ work }) => work)).toEqual(['sample', 'evaluate', 'train']);
    const [sample, evaluate, train] = rows.map(({ products }) => products);
    expect(sample).toBe(0);
    expect(evaluate).toBeGreaterThan(0);
    expect(train).toBeGreaterThan(evaluate);
  },
  PATIENCE,
);
