/** Chromium on this computer. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer from 'puppeteer-core';

/** Its path; undefined where there is none. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(existsSync);

/** Without its sandbox, which root has not. */
export function launch() {
  if (chromium === undefined) throw new Error('there is no Chromium on the path');
  return puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox'] });
}
