/** The engine and the emulated Pico in another browser: to the same bits. */
import puppeteer from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { onPath } from './chromium.mjs';
import { digestInNode } from './in-node.js';
import { learnsAsInNode } from './smallest-run.js';
import { fill, textOf, told, visit, withBrowser, withCores } from './visits.js';

const firefox = onPath('firefox-esr', 'firefox');

describe.skipIf(!firefox)('in Firefox', () => {
  withBrowser(() => puppeteer.launch({ browser: 'firefox', executablePath: firefox!, headless: true }));

  test.each(['1', '2'])('a network learns on %s threads to the digest of Node', async (threads) => {
    await learnsAsInNode(await visit('train', { prepare: withCores(2) }), { threads });
  });

  test('a Pico learns to the digest of Node', async () => {
    const { page, troubles } = await visit('pico');
    await fill(page, { network: '784-12-10', epochs: '1', examples: '40' });
    await page.click('[type=submit]');
    expect(await told(page, '#said', /Learnt in|;/)).toMatch(/^Learnt in/);
    expect(await textOf(page, '#digest')).toBe(
      await digestInNode('tiny', { network: '784-12-10', epochs: 1, training: '0..40' }),
    );
    expect(troubles).toEqual([]);
    await page.close();
  });
});
