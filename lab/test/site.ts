/** The built site on a server. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** A site is a folder of a server, whichever. */
const FOLDER = '/some/folder';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

export interface SiteOptions {
  /** Sends the headers with which threads may share memory (default: true). */
  readonly isolated?: boolean;
  /** Gives a file other bytes; undefined where it is not to be found. */
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
    const path = url === `${FOLDER}/` ? '/index.html' : url.slice(FOLDER.length);
    const file = join(dist, path);
    const bytes =
      url.startsWith(`${FOLDER}/`) && existsSync(file) ? alter(path, readFileSync(file)) : undefined;
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
  return { address: `http://127.0.0.1:${port}${FOLDER}/`, close: () => void server.close() };
}
