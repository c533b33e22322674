/** Data of the user's own: read in the page as in Node, learnt to the same bits. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadDataset } from '#host/data/index.js';
import { fittedRecipe } from '#host/training/index.js';
import { chromium } from './chromium.mjs';
import { trainInNode } from './in-node.js';
import { textOf, told, visit, withBrowser } from './visits.js';

const folder = mkdtempSync(join(tmpdir(), 'eqprop-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two features of three kinds, a column that tells nothing, and an id. */
const rows = Array.from({ length: 120 }, (_, n) => {
  const kind = n % 3;
  const odd = ((n * 7919) % 100) / 100;
  return `${n},${(kind + odd).toFixed(2)},${(kind === 1 ? -odd : odd).toFixed(2)},${['a', 'b', 'c'][kind]}`;
});
const file = join(folder, 'kinds.csv');
writeFileSync(file, `id,width,height,kind\n${rows.join('\n')}\n`);

describe.skipIf(!chromium)('in Chromium', () => {
  withBrowser();

  test('a CSV file is read, learnt by the recipe that it suggests, and named in the command', async () => {
    const { page, troubles } = await visit('train');
    await page.click('summary');
    await page.type('[name=ignore]', 'id');
    const input = await page.$('input[type=file]');
    await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(file);
    await told(
      page,
      '#data',
      /^kinds: 96 examples to learn from, 24 kept for the test; \d inputs, 3 classes\./,
    );
    await page.$eval('[name=epochs]', (field) => {
      (field as HTMLInputElement).value = '5';
    });
    await page.click('[type=submit]');
    await told(page, '#said', /^Learnt in .* of 24 examples never seen are wrong\.$/);
    // An epoch has fewer examples than a point of the curves.
    expect(await textOf(page, '#error')).toMatch(/%$/);
    const dataset = await loadDataset(file, { ignore: ['id'] });
    const digest = await trainInNode(fittedRecipe(dataset, { epochs: 5 }), dataset);
    expect(await textOf(page, '#digest')).toBe(digest);
    expect(await textOf(page, '#again code')).toBe(
      'npx eqprop train --data kinds.csv --ignore id --epochs 5',
    );
    // Where the inputs are no picture, neither are the weights.
    expect(await page.$eval('#pictures', (element) => (element as HTMLElement).hidden)).toBe(true);
    const network = () => page.$eval('[name=network]', (field) => (field as HTMLInputElement).value);
    expect(await network()).toMatch(/-3$/);
    await page.click('#digits');
    expect(await network()).toBe('784-128-10');
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('a file that cannot be read after one that can: the earlier one is not what is trained', async () => {
    const { page, troubles } = await visit('train');
    await page.click('summary');
    const input = (await page.$('input[type=file]')) as unknown as {
      uploadFile(path: string): Promise<void>;
    };
    const network = () => page.$eval('[name=network]', (field) => (field as HTMLInputElement).value);
    await input.uploadFile(file);
    await expect.poll(network).toMatch(/-3$/);
    const odd = join(folder, 'odd.csv');
    writeFileSync(odd, 'x,y,label\n1,,a\n');
    await input.uploadFile(odd);
    await told(page, '#said', /^odd\.csv, line 2, column y/);
    expect(await network()).toBe('784-128-10');
    expect(troubles).toEqual([]);
    await page.close();
  });

  test.each([
    ['notes.docx', 'some words', /^notes\.docx is no file whose form its name tells; give a \.csv/],
    ['odd.csv', 'x,y,label\n1,2,a\n3,,b\n5,6,a\n', /^odd\.csv, line 3, column y: the value is missing/],
    ['empty.npz', 'PK', /^empty\.npz is no whole NPZ file/],
  ])('%s, dropped on the page, is refused', async (name, content, reason) => {
    const { page, troubles } = await visit('train');
    const isLeftToTheBrowser = await page.evaluate(
      (fileName, text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], fileName));
        return document
          .querySelector('header')
          ?.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      },
      name,
      content,
    );
    await told(page, '#said', reason);
    // It would leave the page for the file.
    expect(isLeftToTheBrowser).toBe(false);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
