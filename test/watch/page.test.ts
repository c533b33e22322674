/** The live page in a browser, where there is one. */
import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunFolder } from '#host/records/index';
import { writeRunReport } from '#host/runs/index';
import { serveRuns } from '#host/watch/index';
import { begin, roomForRuns } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';
import { Browser, chromium } from './browser.js';

const { data, fresh } = roomForRuns();
/** A browser that starts on a busy computer. */
const PATIENCE = { timeout: 60_000 };

test.skipIf(!chromium)(
  'a page in a browser (chromium) changes in its place, and goes on as the report',
  async () => {
    const { result } = await begin({ data, folder: fresh(), recipe: smallRecipe() });
    const folder = fresh();
    cpSync(result.folder.path, folder, { recursive: true });
    const server = await serveRuns([folder]);
    const browser = await Browser.open(server.address);
    try {
      const shows = (expression: string) => expect.poll(() => browser.value(expression), PATIENCE);
      const epochs = 'document.querySelectorAll("#learning details tbody tr").length';
      await shows(epochs).toBe(2);
      expect(await browser.value('document.title')).toBe('36-24-4 on simulated device · eqprop');
      expect(await browser.value('document.querySelectorAll("h1").length')).toBe(1);
      expect(await browser.value('document.getElementById("told").textContent')).toBe(
        '2 of 2 epochs trained',
      );
      const places = Number(await browser.value('document.querySelectorAll("[data-chart]").length'));
      expect(places).toBeGreaterThan(4);
      await shows('document.querySelectorAll("[data-chart] > .uplot").length').toBe(places);

      // Whoever has opened, focused or looks at something keeps it.
      await browser.value(`{
      const details = document.querySelector('#learning details');
      details.open = true;
      details.querySelector('.scroll').focus();
      window.before = [document.activeElement, document.querySelector('#learning .uplot')];
    }`);
      const line = result.folder.metrics().find(({ kind }) => kind === 'epoch');
      appendFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify({ ...line, epoch: 3 })}\n`);
      await shows(epochs).toBe(3);
      expect(await browser.value('document.activeElement === window.before[0]')).toBe(true);
      expect(await browser.value('document.querySelector("#learning .uplot") === window.before[1]')).toBe(
        true,
      );
      expect(await browser.value('document.querySelector("#learning details").open')).toBe(true);
      await shows('document.querySelector("#learning .u-legend").textContent').toMatch(/^epoch3/);

      writeRunReport({ ...result, folder: new RunFolder(folder) });
      await shows('location.pathname.split("/").at(-1)').toBe('report');
      await shows('document.querySelectorAll("#mistakes").length').toBe(1);
      expect(browser.complaints).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  },
);

test.skipIf(!chromium)('a page in a browser (chromium) whose server is gone says so, and stays', async () => {
  const { result } = await begin({ data, folder: fresh(), recipe: smallRecipe({ epochs: 1 }) });
  const server = await serveRuns([result.folder.path]);
  const browser = await Browser.open(server.address);
  try {
    const shows = (expression: string) => expect.poll(() => browser.value(expression), PATIENCE);
    const connection = 'document.getElementById("connection").textContent';
    await shows(connection).toBe('Live: it changes as the run goes.');
    await shows('document.querySelectorAll("#run").length').toBe(1);
    await server.close();
    await shows(connection).toBe('Not connected: this is how it stood.');
    expect(await browser.value('document.querySelectorAll("#run").length')).toBe(1);
  } finally {
    await browser.close();
  }
});
