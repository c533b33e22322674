/** The built site on a server, and Chromium that looks at it. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser } from 'puppeteer-core';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** The browser's path; undefined where there is none. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(existsSync);

export interface SiteOptions {
  /** Sends the headers with which threads may share memory (default: true). */
  readonly isolated?: boolean;
  /** What a file is in the place of its bytes; undefined where it is not to be found. */
  readonly alter?: (path: string, bytes: Buffer) => Buffer | undefined;
}

export interface Site {
  readonly address: string;
  close(): void;
}

export async function serveSite({
  isolated = true,
  alter = (_, bytes) => bytes,
}: SiteOptions = {}): Promise<Site> {
  const server = createServer(({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url;
    const file = join(dist, path);
    const bytes = existsSync(file) ? alter(path, readFileSync(file)) : undefined;
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, {
        'Content-Type': types[extname(path)] ?? 'application/octet-stream',
        ...(isolated && {
          'Cross-Origin-Opener-Policy': 'same-origin',
          'Cross-Origin-Embedder-Policy': 'require-corp',
        }),
      })
      .end(bytes);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}

/** As root Chromium has no sandbox. */
export function launch(): Promise<Browser> {
  if (chromium === undefined) throw new Error('there is no Chromium');
  return puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox'] });
}
