/** *Watch it settle*: the energy falls, the nudge pulls, in the page too. */
import { describe, expect, test } from 'vitest';
import { graphOf } from '#host/model/index.js';
import { Settling } from '../rooms/settle/settling.js';
import { chromium } from './chromium.mjs';
import { smallest } from './networks.js';
import { fill, told, visit, withBrowser } from './visits.js';

/** 4-3-2 with weights and an image that are anything. */
function network(): Settling {
  const recipe = smallest();
  const odd = (count: number, scale: number) =>
    Int16Array.from({ length: count }, (_, n) => ((n * 7919 + 3001) % 20_000) * scale - 10_000 * scale);
  const { layers } = graphOf(recipe);
  const settling = new Settling({
    recipe,
    parameters: {
      weights: [odd(12, 1), odd(6, 1)],
      biases: layers.slice(1).map(({ units }) => new Int32Array(units)),
    },
  });
  settling.see(Uint8Array.of(255, 10, 128, 60));
  return settling;
}

test('the energy of free steps never rises, and they come to rest', () => {
  const settling = network();
  const steps = Array.from({ length: 300 }, () =>
    settling.step({ epsilon: 0.1, nudge: 0.5, label: undefined }),
  );
  const rises = steps.slice(1).filter(({ energy }, n) => energy > steps[n].energy + 1e-12);
  expect(rises).toEqual([]);
  expect(steps[0].energy).toBeGreaterThan(steps[299].energy);
  expect(steps[299].change).toBeLessThan(1e-4);
  expect(steps.map(({ count }) => count)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  expect(steps.every(({ energy, total }) => energy === total)).toBe(true);
});

test('the nudge raises the output that it pulls at and lowers E + βC', () => {
  const settling = network();
  const settle = (label?: number) =>
    Array.from({ length: 300 }, () => settling.step({ epsilon: 0.1, nudge: 0.8, label }));
  settle();
  const free = settling.statesOf(1).slice();
  const pulled = settle(1);
  expect(settling.statesOf(1)[1]).toBeGreaterThan(free[1]);
  expect(pulled.slice(1).filter(({ total }, n) => total > pulled[n].total + 1e-12)).toEqual([]);
  const [target, others] = [settling.statesOf(1)[1], settling.statesOf(1)[0]];
  const cost = ((1 - target) ** 2 + others ** 2) / 2;
  expect(pulled[299].total - pulled[299].energy).toBeCloseTo(0.8 * cost, 12);
  settling.restart();
  expect([...settling.statesOf(0), ...settling.statesOf(1)]).toEqual([0, 0, 0, 0, 0]);
});

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();

  test('a small network learns first, answers, and is pulled away', async () => {
    const { page, troubles } = await visit('settle');
    // The first test digit is a 7.
    await told(page, '#said', /^At rest after \d+ steps: it says 7/);
    const output = (label: number) =>
      page.$$eval('meter', (bars, n) => (bars[n] as HTMLMeterElement).value, label);
    const before = await output(3);
    await fill(page, { label: '3', beta: '1' });
    await told(page, '#said', /^(At rest|It does not rest)/);
    expect(await output(3)).toBeGreaterThan(before + 0.1);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a stroke on the pad is seen as MNIST’s digits are: 20 pixels high, in the middle', async () => {
    const { page, troubles } = await visit('settle');
    await told(page, '#said', /^At rest/);
    await page.click('#clear');
    const pad = (await (await page.$('#pad'))!.boundingBox())!;
    const at = (x: number, y: number) => [pad.x + x * pad.width, pad.y + y * pad.height] as const;
    await page.mouse.move(...at(0.3, 0.2));
    await page.mouse.down();
    await page.mouse.move(...at(0.3, 0.6), { steps: 8 });
    await page.mouse.up();
    await told(page, '#said', /it says 1/);
    const ink = await page.$eval('canvas.input', (canvas) => {
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 28, 28);
      const rows = Array.from({ length: 28 }, (_, row) => row).filter((row) =>
        Array.from({ length: 28 }, (_, column) => data[4 * (28 * row + column)]).some((level) => level > 60),
      );
      const columns = Array.from({ length: 28 }, (_, column) =>
        Array.from({ length: 28 }, (_, row) => data[4 * (28 * row + column)]).reduce(
          (sum, level) => sum + level,
          0,
        ),
      );
      const mass = columns.reduce((sum, of) => sum + of, 0);
      return {
        rows: [rows[0], rows.length],
        middle: columns.reduce((sum, of, x) => sum + of * (x + 0.5), 0) / mass,
      };
    });
    expect(ink.rows[0]).toBe(4);
    expect(ink.rows[1]).toBe(20);
    expect(ink.middle).toBeCloseTo(14, 0);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
