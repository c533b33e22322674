/** *Train the board on your desk*: by a serial port that stands in for hardware; the path below it is real. */
import { describe, expect, test } from 'vitest';
import { kernelIdentity } from '#host/kernel/index.js';
import { chromium } from './chromium.mjs';
import { type FakeOptions, type FakeSerial, fakeSerial } from './fake-serial.js';
import { digestInNode } from './in-node.js';
import type { SiteOptions } from './site.js';
import { fill, told, visit, withBrowser } from './visits.js';

const recipe = { network: '784-12-10', epochs: 2, training: '0..60' };
const form = { network: '784-12-10', epochs: '2', examples: '60' };

/** A visit with such a port, chosen. */
async function desk(options: FakeOptions = {}, site: SiteOptions = {}) {
  const visited = await visit('desk', { ...site, prepare: (page) => fakeSerial(page, options) });
  await visited.page.click('#choose');
  return visited;
}

type WithFake = { readonly fakeSerial: FakeSerial };
const unplug = () => (globalThis as unknown as WithFake).fakeSerial.unplug();
const opened = () => (globalThis as unknown as WithFake).fakeSerial.opened;

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();

  test('a board is found at its rate, tells of itself, and learns to the digest of Node', async () => {
    const { page, troubles } = await desk({ baud: 115_200 });
    await page.waitForSelector('[type=submit]:enabled');
    await fill(page, form);
    await page.click('[type=submit]');
    await told(page, '#said', /^Learnt in .* of 200 examples never seen are wrong\.$/);
    expect(await told(page, '#digest', /./)).toBe(await digestInNode('tiny', recipe));
    const facts = await told(page, '#board-facts', /Arena251,624 bytes/);
    expect(facts).toMatch(/Line115,200 baud/);
    expect(facts).toMatch(/Kernel[0-9a-f]{16}/);
    // The likeliest is tried once more: a line that has no rate would answer at any.
    expect(await page.evaluate(opened)).toEqual([921_600, 115_200, 921_600, 115_200]);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a board that is unplugged and plugged in again ends with the digest of Node', async () => {
    const { page, troubles } = await desk({ ids: [0x2e8a, 0x000a] });
    await told(page, '#chosen', /^Raspberry Pi Pico, at its own USB$/);
    await fill(page, form);
    await page.click('[type=submit]');
    await told(page, '#replies', /\d/);
    await page.evaluate(unplug);
    await told(
      page,
      '#said',
      /^The port 2e8a:000a disconnected; was the board unplugged or reset\?\. The run stands at minibatch \d+/,
    );
    await page.click('#plug');
    await told(page, '#said', /^Learnt in/);
    expect(await told(page, '#digest', /./)).toBe(await digestInNode('tiny', recipe));
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a board that is plugged in again as its room is left is let go', async () => {
    const { page, troubles } = await desk({ ids: [0x2e8a, 0x000a] });
    await fill(page, form);
    await page.click('[type=submit]');
    await told(page, '#replies', /\d/);
    await page.evaluate(unplug);
    await told(page, '#said', /The run stands at/);
    await page.evaluate(() => (globalThis as unknown as WithFake).fakeSerial.hold());
    await page.click('#plug');
    await told(page, '#said', /^Looking for the board/);
    await page.evaluate(() => {
      location.hash = 'ask';
    });
    await told(page, 'h1', /^Ask a network$/);
    await page.evaluate(() => (globalThis as unknown as WithFake).fakeSerial.let());
    const port = () =>
      page.evaluate(() => {
        const { opened, isOpen } = (globalThis as unknown as WithFake).fakeSerial;
        return { opened: opened.length, isOpen };
      });
    await expect.poll(port).toEqual({ opened: 2, isOpen: false });
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a board of another kernel is refused, and its firmware is offered', async () => {
    // The firmware has its kernel's name among its constants: another one.
    const own = Buffer.alloc(4);
    own.writeUInt32LE(Number(kernelIdentity() & 0xffff_ffffn));
    const rename = (flash: Buffer) => {
      const renamed = Buffer.from(flash);
      renamed[flash.indexOf(own)] ^= 1;
      return renamed;
    };
    const { page } = await desk(
      {},
      { alter: (path, bytes) => (/\/pico-.*\.bin$/.test(path) ? rename(bytes) : bytes) },
    );
    await page.click('[type=submit]');
    await told(page, '#said', /runs kernel [0-9a-f]{16}, this program has [0-9a-f]{16}; their replies would/);
    const names = await page.$$eval('.downloads a', (links) => links.map(({ download }) => download));
    expect(names).toContain('eqprop-pico.uf2');
    const [href] = await page.$$eval('.downloads a[download$=".uf2"]', (links) =>
      links.map(({ href }) => href),
    );
    const image = await page.evaluate(
      async (address) => Array.from(new Uint8Array(await (await fetch(address)).arrayBuffer()).slice(0, 4)),
      href,
    );
    expect(image).toEqual([0x55, 0x46, 0x32, 0x0a]);
    await page.close();
  });

  test.each([
    [{ isDeclined: true }, /^No board was chosen\.$/],
  ] as const)('%o is told', async (options, expected) => {
    const { page, troubles } = await desk(options);
    await told(page, '#said', expected);
    expect(await page.$eval('[type=submit]', (button) => (button as HTMLButtonElement).disabled)).toBe(true);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a port that someone else has is told, and can be tried again', async () => {
    const { page, troubles } = await desk({ refusal: ['Failed to open serial port.', 'NetworkError'] });
    await page.click('[type=submit]');
    await told(
      page,
      '#said',
      /^The port does not open: Failed to open serial port\.; is the board plugged in\? Close the other program/,
    );
    await page.waitForSelector('[type=submit]:enabled');
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a page that is open twice on one board says so', async () => {
    const first = await desk();
    await fill(first.page, { ...form, epochs: '50' });
    await first.page.click('[type=submit]');
    await told(first.page, '#replies', /\d/);
    const second = await first.page.browser().newPage();
    await fakeSerial(second, { refusal: ['Failed to open serial port.', 'NetworkError'] });
    await second.goto(first.page.url());
    await second.waitForSelector('#choose');
    await second.click('#choose');
    await second.waitForSelector('[type=submit]:enabled');
    await second.click('[type=submit]');
    await told(
      second,
      '#said',
      /^The port does not open: another tab of this page trains a board; close that tab/,
    );
    await second.close();
    await first.page.close();
  });

  test('a line without anybody at its end is given up', { timeout: 600_000 }, async () => {
    const { page } = await desk({ isDead: true });
    await page.click('[type=submit]');
    await told(page, '#said', /^No answer from the device within 30 s/);
    await page.waitForSelector('[type=submit]:enabled');
    await page.close();
  });

  test('a browser without Web Serial says which have it, and offers the other rooms', async () => {
    const { page, troubles } = await visit('desk', {
      prepare: (page) =>
        page.evaluateOnNewDocument(() => Object.defineProperty(navigator, 'serial', { value: undefined })),
    });
    await told(
      page,
      '#said',
      /^This browser has no Web Serial.*Chrome, Edge, Opera and new versions of Firefox\s+have it/s,
    );
    await page.click('a[href="#pico"]');
    await told(page, 'h1', /^Train a Pico in this tab$/);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
