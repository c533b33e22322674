/** Visits to the site: pages that note what goes wrong on them. */

import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launch } from './chromium.mjs';
import { type Site, type SiteOptions, serveSite } from './site.js';

export interface Visit {
  readonly page: Page;
  /** Errors that nobody caught, and what the console was told. */
  readonly troubles: readonly string[];
}

let browser: Browser | undefined;
const sites: Site[] = [];

/** Call at a file's top: a browser for its tests. */
export function withBrowser(start: () => Promise<Browser> = launch): void {
  beforeAll(async () => {
    browser = await start();
  });
  afterAll(async () => {
    await browser?.close();
    for (const site of sites.splice(0)) site.close();
  });
}

export interface VisitOptions extends SiteOptions {
  /** Done to the page before it is loaded. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** For `prepare`: the page believes in so many cores, whatever this computer has. */
export const withCores = (cores: number) => (page: Page) =>
  page.evaluateOnNewDocument((value) => {
    Object.defineProperty(navigator, 'hardwareConcurrency', { value });
  }, cores);

/** A new page in a room of a site of its own. */
export async function visit(room: string, { prepare, ...options }: VisitOptions = {}): Promise<Visit> {
  const site = await serveSite(options);
  sites.push(site);
  const page = await browser!.newPage();
  await prepare?.(page);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') troubles.push(message.text());
  });
  await page.goto(`${site.address}#${room}`);
  // Entered, or told why not.
  await expect.poll(async () => troubles.length + (await page.$$('main h1')).length).toBeGreaterThan(0);
  return { page, troubles };
}

export const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent ?? '');

/** Resolves when an element's text is as expected. */
export async function told(page: Page, selector: string, expected: RegExp): Promise<string> {
  await expect.poll(() => textOf(page, selector)).toMatch(expected);
  return textOf(page, selector);
}

/** Fills in fields of a form, by their names. */
export async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const field = `[name="${name}"]`;
    const isChoice = await page.$eval(field, (element) => element instanceof HTMLSelectElement);
    if (isChoice) await page.select(field, value);
    else
      await page.$eval(
        field,
        (element, text) => {
          (element as HTMLInputElement).value = text;
          element.dispatchEvent(new Event('input', { bubbles: true }));
        },
        value,
      );
  }
}
