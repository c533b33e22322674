/** Short experiments from the command line: they end, and repeat by their seed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eqpropHere } from '../cli/in-process.js';
import { temporaryFolder, writeSmallData } from '../runs/small-data.js';

const place = temporaryFolder();
afterAll(() => place.remove());
writeSmallData(place.path);

interface Found {
  readonly findings: readonly { readonly verdict: string; readonly tables: readonly unknown[] }[];
}

async function run(paper: string, name: string, seed: number, folder: string): Promise<Found> {
  const out = join(place.path, folder);
  const flags = ['--seed', String(seed), '--out', out, '--data', place.path, '--json'];
  const { code, stdout } = await eqpropHere('reproduce', paper, name, ...flags);
  expect(code).toBe(0);
  expect(existsSync(join(out, `${name}.svg`))).toBe(true);
  return JSON.parse(stdout) as Found;
}

test('the same seed draws the same spikes, another one others', async () => {
  const [first, again, other] = [
    await run('stdp', 'figure-3', 1, 'first'),
    await run('stdp', 'figure-3', 1, 'again'),
    await run('stdp', 'figure-3', 2, 'other'),
  ];
  expect(again.findings[0].tables).toEqual(first.findings[0].tables);
  expect(other.findings[0].tables).not.toEqual(first.findings[0].tables);
});

test('symmetric parts of two directions learn, whatever the images’ size, and asymmetric ones stay', async () => {
  const { findings } = await run('early-inference', 'symmetric', 1, 'symmetric');
  expect(findings[0]).toMatchObject({ holds: false, verdict: expect.not.stringMatching(/NaN|undefined/) });
});

test.each([
  'auto-encoders',
  'feedback-alignment',
])('%s of the slides, of images of any size', async (name) => {
  const { findings } = await run('slides', name, 1, name);
  expect(findings[0].verdict).not.toMatch(/NaN|undefined/);
  expect(JSON.stringify(findings[0].tables)).not.toMatch(/NaN|undefined/);
});
