/**
 * The memory of a host, its twin and a simulated device over a long run: the process as the system sees it. A device's
 * own grows nowhere but in `start`; what it has used of a stack, boards tell (`eqprop verify`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../runs/small-data.js';

const program = fileURLToPath(new URL('../../dist/host/cli/start.js', import.meta.url));
const IMAGES = 10_000;
const EPOCHS = Math.ceil(Number(process.env.EQPROP_SAMPLES ?? 1_000_000) / IMAGES);
const PAGE = 4096;
let temporary: ReturnType<typeof temporaryFolder>;

beforeAll(() => {
  temporary = temporaryFolder();
});
afterAll(() => temporary.remove());

/** Bytes that are in RAM now. */
function resident(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

test.skipIf(process.platform !== 'linux')('is flat', async () => {
  const run = [
    '--preset',
    'tiny',
    '--training',
    `0..${IMAGES}`,
    '--validation',
    'none',
    '--epochs',
    `${EPOCHS}`,
    '--weight-decay',
    '1e-5,1e-5',
  ];
  const out = ['--out', join(temporary.path, 'run'), '--checkpoint-interval', '5', '--quiet'];
  const host = spawn(process.execPath, [program, 'train', ...run, ...out], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seen: number[] = [];
  const watch = setInterval(() => seen.push(resident(host.pid as number)), 200);
  const [code] = await once(host, 'exit');
  clearInterval(watch);
  expect(code).toBe(0);
  // The first tenth is the collector finding its size.
  const tenth = Math.floor(seen.length / 10);
  const tenths = Array.from(
    { length: 10 },
    (_, n) => median(seen.slice(n * tenth, (n + 1) * tenth)) / 2 ** 20,
  );
  console.log({ samples: IMAGES * EPOCHS, measurements: seen.length, medianMiB: tenths.map(Math.round) });
  // A leak of a byte a sample grows by 1 MiB here; more than the collector's own ups and downs is a leak.
  expect(tenths[9]).toBeLessThan(1.1 * tenths[1]);
});
