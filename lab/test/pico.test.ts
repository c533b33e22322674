/** *Train a Pico in this tab*: the firmware itself, to the same bits as Node. */
import { describe, expect, test } from 'vitest';
import { chromium } from './chromium.mjs';
import { digestInNode } from './in-node.js';
import { fill, textOf, told, visit, withBrowser } from './visits.js';

const recipe = { network: '784-12-10', epochs: 2, training: '0..60' };
const form = { network: '784-12-10', epochs: '2', examples: '60' };

const numbers = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/([a-z’ ]+?) ([\d,]+)/g)].map(([, name, bytes]) => [
      name.trim(),
      Number(bytes.replace(/,/g, '')),
    ]),
  );

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();

  test('learns to the digest of Node, in the chip’s own time and memory', async () => {
    const { page, troubles } = await visit('pico');
    await fill(page, form);
    await page.click('[type=submit]');
    await told(page, '#said', /^Learnt in .* of 200 examples never seen are wrong\.$/);
    expect(await textOf(page, '#digest')).toBe(await digestInNode('tiny', recipe));
    expect(await textOf(page, '#again')).toContain('npx eqprop train --preset tiny --training 0..60');
    // 1.10 million cycles an example of ten times as many hidden units: 8.8 ms.
    const [, time] = /time([\d.]+) ms an example/.exec(await textOf(page, '#board-facts')) ?? [];
    expect(Number(time)).toBeGreaterThan(0.3);
    expect(Number(time)).toBeLessThan(8.8);
    const parts = numbers((await page.$eval('#memory-bar', (bar) => bar.ariaLabel)) ?? '');
    // All of the RAM is accounted for; weights are 2 bytes each.
    expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(264 * 1024);
    expect(parts.weights).toBeGreaterThanOrEqual(2 * (784 * 12 + 12 * 10));
    expect(parts['stack used by one core']).toBeGreaterThan(500);
    expect(parts['stack used by one core']).toBeLessThan(2192);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('an unplugged Pico loses all, and goes on to the same digest when it is back', async () => {
    const { page, troubles } = await visit('pico');
    await fill(page, form);
    await page.click('[type=submit]');
    await told(page, '#replies', /\d/);
    await page.click('#plug');
    await told(
      page,
      '#said',
      /^The Raspberry Pi Pico was unplugged; .* stands at minibatch \d+ and goes on from there\.$/,
    );
    await page.click('#plug');
    await told(page, '#said', /^Learnt in/);
    expect(await textOf(page, '#digest')).toBe(await digestInNode('tiny', recipe));
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a run that is stopped while the Pico is unplugged ends where it stood', async () => {
    const { page, troubles } = await visit('pico');
    await fill(page, { ...form, epochs: '50' });
    await page.click('[type=submit]');
    await told(page, '#replies', /\d/);
    await page.click('#plug');
    const stands = await told(page, '#said', /stands at minibatch/);
    await page.click('#stop');
    const [, step] = /minibatch (\d+)/.exec(stands) ?? [];
    await told(page, '#said', new RegExp(`^Stopped after ${step} minibatches; digest [0-9a-f]{16}`));
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a network that the Pico has no room for is refused, with how much it would need', async () => {
    const { page } = await visit('pico');
    await fill(page, { ...form, network: '784-900-10' });
    await page.click('[type=submit]');
    await told(page, '#said', /arena|bytes/i);
    await page.waitForSelector('[type=submit]:enabled');
    await page.close();
  });

  test('a room that is left ends the Pico, its twin and the run', async () => {
    const { page, troubles } = await visit('pico');
    await fill(page, { ...form, epochs: '50' });
    await page.click('[type=submit]');
    await told(page, '#replies', /\d/);
    expect(page.workers().length).toBeGreaterThan(1);
    await page.evaluate(() => {
      location.hash = 'ask';
    });
    await page.waitForSelector('#drop');
    await expect.poll(() => page.workers()).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test.each([
    [{ examples: '0' }, /./],
    [{ network: '100-10' }, /has 100 inputs, mnist has 784 pixels|rates/],
    [{ network: 'much' }, /network/],
  ])('%o is refused before the Pico is on', async (own, reason) => {
    const { page } = await visit('pico');
    await fill(page, { ...form, ...own });
    const valid = await page.$eval('form', (element) => (element as HTMLFormElement).checkValidity());
    await page.click('[type=submit]');
    // Digits are counted by the browser's own form.
    if (valid) await told(page, '#said', reason);
    expect(await page.$eval('#device', (element) => (element as HTMLElement).hidden)).toBe(true);
    await page.waitForSelector('[type=submit]:enabled');
    await page.close();
  });

  test('a site without firmware says so', async () => {
    const { page } = await visit('pico', {
      alter: (path, bytes) => (/\/pico-.*\.bin$/.test(path) ? undefined : bytes),
    });
    await page.click('[type=submit]');
    await told(page, '#said', /^The firmware was not there: 404 Not Found; load the page again$/);
    await page.close();
  });
});
