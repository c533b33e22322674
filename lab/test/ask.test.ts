/** *Ask a network*: an export answers as its run does in Node, and what is none is refused by name. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encode } from 'fast-png';
import type { ElementHandle, Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { formatsOf, graphOf } from '#host/model/index.js';
import { voicesOf } from '../rooms/ask/evidence.js';
import { chromium } from './chromium.mjs';
import { withExport } from './exported.js';
import { smallest } from './networks.js';
import { fill, textOf, told, visit, withBrowser } from './visits.js';

test('those units speak first that add or take most', () => {
  const recipe = smallest();
  const network = {
    recipe,
    picture: { rows: 2, columns: 2 },
    graph: graphOf(recipe),
    formats: formatsOf(recipe),
    digest: '0',
    step: 0,
    // To the outputs: unit 0 by 0.5 and 1, unit 1 by −1 and 0.25, unit 2 by 0.25 and −0.5.
    weights: [new Int16Array(12), Int16Array.of(8192, 16384, -16384, 4096, 4096, -8192)],
    biases: [new Int32Array(3), new Int32Array(2)],
  };
  const states = [0.5, 0.75, 1, 0.1, 0.9];
  expect(voicesOf(network, states, 0)).toEqual([
    { unit: 1, state: 0.75, weight: -1, share: -0.75 },
    { unit: 0, state: 0.5, weight: 0.5, share: 0.25 },
    { unit: 2, state: 1, weight: 0.25, share: 0.25 },
  ]);
  expect(voicesOf(network, [0, 0.5, 0, 0.1, 0.9], 1)).toEqual([
    { unit: 1, state: 0.5, weight: 0.25, share: 0.125 },
  ]);
});

async function give(page: Page, paths: readonly string[]): Promise<void> {
  const input = (await page.$('#files')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(...paths);
}

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();
  const exported = withExport();

  test('an export answers as its run does in Node, digit by digit', async () => {
    const { files, digest, answers } = exported();
    const { page, troubles } = await visit('ask');
    await give(page, files);
    expect(await told(page, '#network', /digest/)).toContain(digest);
    for (const [n, { class: answer, scores }] of answers.entries()) {
      await told(
        page,
        '#answer',
        new RegExp(`^Digit ${n + 1} of the test set, .*: the network says ${answer}\\.`),
      );
      const bars = await page.$$eval('meter', (all) => all.map(({ value }) => value));
      expect(bars).toEqual(scores);
      await page.click('#example');
    }
    expect(await page.$$eval('#voices tbody tr', (rows) => rows.length)).toBeGreaterThan(2);
    expect(await page.$$eval('#voices canvas', (all) => all.length)).toBe(
      await page.$$eval('#voices tbody tr', (rows) => rows.length),
    );
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('files are dropped, and a picture is looked at by its greys', async () => {
    const { files, folder, answers, images } = exported();
    const path = join(folder, 'seven.png');
    writeFileSync(path, encode({ width: 28, height: 28, data: images[0], channels: 1, depth: 8 }));
    const { page, troubles } = await visit('ask');
    const contents = files.map((file) => ({ name: basename(file), bytes: [...readFileSync(file)] }));
    await page.evaluate((all) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of all) transfer.items.add(new File([Uint8Array.from(bytes)], name));
      const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.querySelector('#drop')?.dispatchEvent(event);
    }, contents);
    await told(page, '#answer', /^Digit 1/);
    await give(page, [path]);
    await told(page, '#answer', new RegExp(`^seven\\.png: the network says ${answers[0].class}\\.`));
    const bars = await page.$$eval('meter', (all) => all.map(({ value }) => value));
    expect(bars).toEqual(answers[0].scores);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('what is no export is refused by name', async () => {
    const { files, folder } = exported();
    const file = (name: string, content: string | Uint8Array) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    };
    const numbers = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
    const other = (name: string) => files.filter((path) => basename(path) !== name);
    const kept = readFileSync(join(folder, 'network.json'));
    const cases: readonly (readonly [() => readonly string[], RegExp])[] = [
      [
        () => [file('notes.txt', 'hello')],
        /^notes\.txt is no file of an export and no picture; an export is/,
      ],
      [() => other('weights-1.npy'), /^there is no weights-1\.npy among the files; export the run again/],
      [() => other('network.json'), /^there is no network\.json among the files/],
      [() => [file('odd.png', 'hello')], /^nobody is there to look at odd\.png; drop a network first$/],
      [
        () => [
          ...other('network.json'),
          file('network.json', JSON.stringify({ ...numbers, digest: '0123456789abcdef' })),
        ],
        /digest/,
      ],
      [
        () => [file('network.json', JSON.stringify({ ...numbers, recipe: undefined }))],
        /^network\.json: recipe is missing/,
      ],
    ];
    const { page, troubles } = await visit('ask');
    for (const [paths, reason] of cases) {
      await give(page, paths());
      await told(page, '#said', reason);
      expect(await page.$eval('#asking', (element) => (element as HTMLElement).hidden)).toBe(true);
    }
    file('network.json', kept);
    await give(page, files);
    await told(page, '#said', /^The network is there/);
    await give(page, [file('odd.png', 'hello')]);
    await told(page, '#said', /^odd\.png is no picture that this browser can read$/);
    await give(page, [
      file('small.png', encode({ width: 3, height: 2, data: new Uint8Array(6), channels: 1, depth: 8 })),
    ]);
    await told(page, '#said', /^small\.png is 2 × 3 pixels, the network sees 28 × 28/);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('the network that learnt last on the page is asked without files', async () => {
    const { page, troubles } = await visit('train');
    await fill(page, { preset: 'tiny', network: '784-12-10', epochs: '1' });
    await page.click('[type=submit]');
    await told(page, '#said', /^Learnt in/);
    const digest = await textOf(page, '#digest');
    await page.evaluate(() => {
      location.hash = 'ask';
    });
    await page.waitForSelector('#last:not([hidden])');
    await page.click('#last');
    expect(await told(page, '#network', /digest/)).toContain(digest);
    await told(page, '#answer', /^Digit 1 of the test set, a 7: the network says \d/);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
