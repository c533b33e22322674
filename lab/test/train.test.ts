/** *Train here*: to the same bits as Node, and what it says when something is missing. */
import { describe, expect, test } from 'vitest';
import { chromium, launch } from './chromium.mjs';
import { digestInNode } from './in-node.js';
import { learnsAsInNode } from './smallest-run.js';
import { fill, textOf, told, visit, withBrowser, withCores } from './visits.js';

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();

  test.each([
    ['tiny', { network: '784-32-10', epochs: 1 }],
    ['tiny', { network: '784-12-10', epochs: 1, minibatch: 16, seed: 7 }],
    // Another number of connections than the preset's.
    [
      'small',
      {
        network: '784-12-12-10',
        epochs: 1,
        rates: [0.4, 0.2, 0.1],
        'initial-scale': 0.5,
        'weight-decay': [1e-4, 1e-4, 0],
      },
    ],
    // Euler's steps from persistent states.
    ['paper-1', { network: '784-12-10', epochs: 1 }],
    ['spiking', { network: '784-12-10', epochs: 1, minibatch: 20 }],
  ])('%s with %o ends with the digest of Node', async (preset, own) => {
    const { page, troubles } = await visit('train');
    const texts = Object.entries(own).map(([key, value]) => [key, String(value)]);
    await fill(page, { preset, ...Object.fromEntries(texts) });
    await page.click('[type=submit]');
    expect(await told(page, '#said', /Learnt in|;/)).toMatch(
      /^Learnt in .* of 1,000 examples never seen are wrong\.$/,
    );
    expect(await textOf(page, '#digest')).toBe(await digestInNode(preset, own));
    expect(await textOf(page, '#again')).toContain(`npx eqprop train --preset ${preset} --training 0..10000`);
    expect(await page.$$eval('#pictures canvas', (all) => all.length)).toBe(
      own.network === '784-32-10' ? 32 : 12,
    );
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a browser without SIMD is told so, and trains to the same bits', async () => {
    const without = Buffer.from('WebAssembly.validate = () => false;');
    const visited = await visit('train', {
      isolated: false,
      alter: (path, bytes) => (path.endsWith('.js') ? Buffer.concat([without, bytes]) : bytes),
    });
    expect(await textOf(visited.page, 'main')).toContain(
      'no SIMD in WebAssembly: the portable kernel runs in its place',
    );
    await learnsAsInNode(visited);
  });

  test.each([
    [{ rates: '0.1, much' }, /^the recipe: rates 2: .*expected number.*; learning rates/i],
    [{ network: '784-10-12-10' }, /^the recipe: .*rates/],
    [{ network: '100-20-10' }, /^network 100-20-10 has 100 inputs, mnist has 784 pixels/],
    [{ network: '784-60000-10' }, /^configure: the network needs 99366352 bytes, the arena has 67108864/],
    [{ beta: '-1' }, /^the recipe: beta: .*; size β of the nudge/],
  ])('%o is refused', async (own, reason) => {
    const { page } = await visit('train');
    await fill(page, { preset: 'tiny', ...own });
    await page.click('[type=submit]');
    await told(page, '#said', reason);
    // It can be mended at once.
    await page.waitForSelector('[type=submit]:enabled');
    await page.close();
  });

  test('a run that is stopped says where, and what it has learnt stays', async () => {
    const { page, troubles } = await visit('train');
    await fill(page, { preset: 'tiny', epochs: '50' });
    await page.click('[type=submit]');
    await told(page, '#error', /%/);
    await page.click('#stop');
    const digest = (await told(page, '#said', /^Stopped after [\d,]+ minibatches; digest/)).match(
      /digest (\w{16})/,
    )?.[1];
    await page.evaluate(() => {
      location.hash = 'settle';
    });
    expect(await told(page, '#network', /digest/)).toContain(digest);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a tab that is hidden goes on, and shows it all when it is back', async () => {
    const { page, troubles } = await visit('train');
    await fill(page, { preset: 'tiny', network: '784-12-10', epochs: '2' });
    await page.click('[type=submit]');
    await told(page, '#error', /%/);
    const other = await page.browser().newPage();
    await other.bringToFront();
    await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden');
    await told(page, '#said', /^Learnt in/);
    await page.bringToFront();
    await other.close();
    expect(await textOf(page, '#digest')).toBe(
      await digestInNode('tiny', { network: '784-12-10', epochs: 2 }),
    );
    await expect.poll(() => page.$eval('#errors .u-over', (over) => over.clientWidth)).toBeGreaterThan(100);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a device of two threads ends with the same digest, and both end with the room', async () => {
    const { page, troubles } = await visit('train', { prepare: withCores(3) });
    expect(await page.$$eval('[name=threads] option', (all) => all.map(({ value }) => value))).toEqual([
      '1',
      '2',
      '3',
    ]);
    const recipe = { network: '784-48-10', epochs: 1 } as const;
    let started = 0;
    page.on('workercreated', () => started++);
    await fill(page, { preset: 'tiny', network: recipe.network, epochs: '1', threads: '2' });
    await page.click('[type=submit]');
    await told(page, '#said', /^Learnt in/);
    expect(await textOf(page, '#digest')).toBe(await digestInNode('tiny', recipe));
    // The engine, the device, its helper, the twin and the reference.
    expect(started).toBe(5);
    await expect.poll(() => page.workers()).toEqual([]);
    await fill(page, { epochs: '50' });
    await page.click('[type=submit]');
    await expect.poll(() => page.workers().length).toBe(5);
    await told(page, '#error', /%/);
    await page.evaluate(() => {
      location.hash = 'ask';
    });
    await expect.poll(() => page.workers()).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a page that is not isolated has one thread to offer, and trains', async () => {
    const visited = await visit('train', { isolated: false });
    expect(await visited.page.$$('[name=threads]')).toEqual([]);
    await learnsAsInNode(visited);
  });

  test('networks that have learnt end their threads', async () => {
    const { page, troubles } = await visit('train');
    await fill(page, { preset: 'tiny', network: '784-12-10', epochs: '1' });
    let started = 0;
    page.on('workercreated', () => started++);
    // A thread that stays now and then would stay in one of them.
    for (let network = 0; network < 6; network++) {
      const before = started;
      await page.click('[type=submit]');
      await expect.poll(() => started).toBeGreaterThan(before);
      await told(page, '#said', /^Learnt in/);
      await expect.poll(() => page.workers()).toEqual([]);
    }
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a room that is left ends its threads', async () => {
    const { page, troubles } = await visit('train');
    await fill(page, { preset: 'tiny', epochs: '50' });
    await page.click('[type=submit]');
    await told(page, '#error', /%/);
    expect(page.workers().length).toBeGreaterThan(0);
    await page.evaluate(() => {
      location.hash = 'settle';
    });
    await told(page, '#said', /^At rest/);
    await expect.poll(() => page.workers()).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test.each([
    [
      '.wasm',
      /^the simulated device did not start: kernel\.host\.wasm was not there: 404 Not Found; load the page again/,
    ],
    ['.bin', /^MNIST was not there: 404 Not Found; load the page again$/],
  ])('a site without its %s files', async (ending, reason) => {
    const { page } = await visit('train', {
      alter: (path, bytes) => (path.endsWith(ending) ? undefined : bytes),
    });
    await fill(page, { preset: 'tiny' });
    await page.click('[type=submit]');
    await told(page, '#said', reason);
    await page.close();
  });
});

describe.skipIf(!chromium).each([
  // Pages of 64 KiB that a module may have: a device's arena is 64 MiB, a twin's 256.
  [
    300,
    /^the simulated device did not start: an arena of 67108864 bytes was asked for, there are \d+; .*tabs/,
  ],
  [2000, /^this computer has too little memory for the twin: configure: .*tabs/],
])('in a Chromium that gives a module %i pages of memory', (pages, reason) => {
  withBrowser(() => launch(`--js-flags=--wasm-max-mem-pages=${pages}`));

  test('it is told what is short, and no thread stays', async () => {
    const { page, troubles } = await visit('train');
    await fill(page, { preset: 'small' });
    await page.click('[type=submit]');
    await told(page, '#said', reason);
    await page.waitForSelector('[type=submit]:enabled');
    await expect.poll(() => page.workers()).toEqual([]);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
