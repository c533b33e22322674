/** The speed of boards together, held against sums by hand; and the guide has the tables of what was recorded. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readBoard } from '#host/firmware/board';
import { measure } from '../../bench/together/measure.mjs';
import { type Measured, samplesASecond } from '../../bench/together/model.mjs';
import { canRun, PATIENCE } from '../firmware/emulators.js';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** A second of relaxation an example, an update of a quarter of a second an example and half a second beside. */
const measured: Measured = {
  minibatch: 8,
  clock: 1000,
  shares: [8, 4, 2, 1].map((share) => ({
    share,
    relaxation: 1000 * share,
    update: 250 * share + 500,
    sums: 1000,
    states: 400 * share,
  })),
  lines: {
    uart: {
      image: { cycles: 100, bytes: 200 },
      read: { cycles: 1, bytes: 1 },
      written: { cycles: 2, bytes: 1 },
    },
  },
};
const line = (bytesPerSecond: number) => ({ name: 'line', bytesPerSecond, measured: 'uart' });
const FAST = 1e9;
const SLOW = 100;

test('one board tells nobody anything: images, relaxation, update, or the line alone', () => {
  for (const exchange of ['sums', 'states'] as const) {
    expect(samplesASecond(measured, exchange, line(FAST), 1)).toBeCloseTo(8 / (0.8 + 8 + 2.5), 9);
    expect(samplesASecond(measured, exchange, line(SLOW), 1)).toBeCloseTo(8 / (1600 / 100), 9);
  }
});

test('sums divide the relaxation and the update, and cost the cores or the line a way each', () => {
  expect(samplesASecond(measured, 'sums', line(FAST), 2)).toBeCloseTo(8 / (0.4 + 4 + 1.5 + 1 + 2), 9);
  expect(samplesASecond(measured, 'sums', line(SLOW), 2)).toBeCloseTo(8 / (0.4 + 4 + 1.5 + 10 + 10), 9);
  // Boards without an example do not help.
  expect(samplesASecond(measured, 'sums', line(FAST), 8)).toBeCloseTo(8 / (0.1 + 1 + 0.75 + 1 + 2), 9);
});

test('states divide the relaxation alone, and every board has every image', () => {
  expect(samplesASecond(measured, 'states', line(FAST), 2)).toBeCloseTo(8 / (0.8 + 4 + 2.5 + 1.6 + 3.2), 9);
  expect(samplesASecond(measured, 'states', line(200), 4)).toBeCloseTo(8 / (0.8 + 2 + 2.5 + 4 + 12), 9);
  // The line alone: all images, and the states of the others.
  expect(samplesASecond(measured, 'states', line(SLOW), 4)).toBeCloseTo(8 / (16 + 24), 9);
});

test('docs/benchmarks.md shows the recorded tables', () => {
  const words = [path('bench/together/run.mjs'), '--from', path('bench/together/recorded.json')];
  const tables = execFileSync(process.execPath, words, { encoding: 'utf8' }).trim().split('\n\n');
  expect(tables).toHaveLength(2);
  const guide = readFileSync(path('docs/benchmarks.md'), 'utf8');
  for (const table of tables) expect(guide).toContain(table);
});

test.skipIf(!canRun(readBoard('pico')))(
  'of two halves the slower counts, and the line passes whole images',
  async () => {
    const { minibatch, shares, lines } = await measure({ preset: 'tiny', examples: 4 }, [1, 2]);
    expect(minibatch).toBe(4);
    const [whole, half] = shares;
    expect([whole.share, half.share]).toEqual([4, 2]);
    expect(half.relaxation).toBeLessThan(whole.relaxation);
    expect(half.relaxation).toBeGreaterThan(whole.relaxation / 2.1);
    expect(half.update).toBeLessThanOrEqual(whole.update);
    // A byte a sum at least.
    expect(half.sums).toBeGreaterThan(784 * 32 + 32 * 10 + 32 + 10);
    for (const { image, read, written } of Object.values(lines)) {
      expect(image.bytes).toBeGreaterThan(100);
      expect(Math.min(read.bytes, written.bytes)).toBeGreaterThan(1);
      expect(Math.max(read.bytes, written.bytes)).toBeLessThan(1.1);
    }
    expect(Object.keys(lines)).toEqual(['uart', 'usb']);
  },
  PATIENCE,
);
