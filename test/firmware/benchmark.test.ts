/** The firmware's benchmark: its plain C kernel must answer as the module does, or nothing is compared. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readBoard } from '#host/firmware/board';
import { some } from '../length.js';
import { canRun, PATIENCE } from './emulators.js';

const RUN = fileURLToPath(new URL('../../bench/firmware/run.mjs', import.meta.url));

test.skipIf(!canRun(readBoard('lm3s6965evb'))).each(some(['lm3s6965evb'], ['pico']))(
  'runs on the emulated %s, and all its kernels have the same digests',
  async (board) => {
    const parameters = [RUN, '--json', '--minibatches', '1', board];
    const { stdout } = await promisify(execFile)(process.execPath, parameters);
    const rows: readonly { work: string; products: number }[] = JSON.parse(stdout);
    expect(rows.map(({ work }) => work)).toEqual(['sample', 'evaluate', 'train']);
    const [sample, evaluate, train] = rows.map(({ products }) => products);
    expect(sample).toBe(0);
    expect(evaluate).toBeGreaterThan(0);
    expect(train).toBeGreaterThan(evaluate);
  },
  PATIENCE,
);
