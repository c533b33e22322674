/** Chromium on this computer. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer from 'puppeteer-core';

/** The path of the first of some programs that is there; undefined where none is. */
export function onPath(/** @type {string[]} */ ...names) {
  return names
    .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find(existsSync);
}

export const chromium = onPath('chromium', 'chromium-browser', 'google-chrome', 'chrome');

/** Without its sandbox, which root has not. */
export function launch(/** @type {string[]} */ ...flags) {
  if (chromium === undefined) throw new Error('there is no Chromium on the path');
  return puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', ...flags] });
}
