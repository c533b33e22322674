/** The page itself: its size, its looks on both screens and in both lights, its accessibility, its doors. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { doors } from '../rooms/index.js';
import { chromium } from './chromium.mjs';
import { fill, told, visit, withBrowser } from './visits.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Faults that axe-core finds and that keep somebody out. */
interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

test('all of the site but MNIST is 1.5 MB at most', () => {
  const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url));
  const bytes = readdirSync(assets)
    .filter((name) => !name.endsWith('.bin'))
    .reduce((sum, name) => sum + statSync(assets + name).size, 0);
  expect(bytes).toBeGreaterThan(300_000);
  expect(bytes).toBeLessThan(1_500_000);
});

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();

  const looks = doors.flatMap(({ name }) =>
    [390, 1280].flatMap((width) => ['light', 'dark'].map((scheme) => ({ name, width, scheme }))),
  );

  test.each(looks)('$name, $width wide, $scheme: fits, and axe-core finds nothing serious', async ({
    name,
    width,
    scheme,
  }) => {
    const { page, troubles } = await visit(name);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    if (name === 'train') {
      await fill(page, { preset: 'tiny', network: '784-12-10', epochs: '1' });
      await page.click('[type=submit]');
      await told(page, '#said', /^Learnt in/);
    } else await told(page, '[role=status]', /\S/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.evaluate(axe);
    const findings = (await page.evaluate(
      'axe.run().then(({ violations }) => violations)',
    )) as readonly Finding[];
    const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('nothing leaves the page', async () => {
    const { page } = await visit('train');
    const refused = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
          fetch('https://example.org/').catch(() => {});
        }),
    );
    expect(refused).toBe('connect-src');
    await page.close();
  });

  test('a door that there is not leads to the first room', async () => {
    const { page } = await visit('nowhere');
    expect(await page.title()).toBe('Train here · eqprop laboratory');
    expect(await page.$eval('[aria-current]', (link) => link.textContent)).toBe('Train here');
    await page.close();
  });
});
