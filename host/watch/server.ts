/** Serves live pages of runs on this computer alone, to whoever knows the address. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../ground/index.js';
import { isRunFolder } from '../records/index.js';
import { LIVE_POLICY, liveScript, REPORT_POLICY, renderLiveDocument } from '../report/index.js';
import { type FoundRun, findRuns } from './find-runs.js';
import { Gate } from './gate.js';
import { Readers } from './readers.js';
import { OverviewView, REPORT_PATH, RunView, type ShownRuns, type View } from './views.js';

const HOME = '127.0.0.1';
/** Milliseconds in which readers get the report of a run that is over, before nobody serves it any more. */
const FAREWELL = 3000;
/** Runs on a page: each is read anew as it changes. */
const MOST_SHOWN = 200;

const HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/**
 * @param folders of runs, or of collections of runs, such as a comparison's: one or more
 * @param port 0 for any that is free
 * @throws `UserError` where the port is not free
 */
export async function serveRuns(folders: readonly string[], port = 0): Promise<WatchServer> {
  const server = new WatchServer(folders);
  await server.listen(port);
  return server;
}

export class WatchServer {
  readonly #gate = new Gate();
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #readers = new Readers();
  readonly #root: View;
  /** In the order in which they were found: their places are in their pages' addresses. */
  readonly #runs: { readonly path: string; readonly view: RunView }[] = [];
  readonly #document = renderLiveDocument();
  readonly #script = liveScript();
  /** Reports that readers are about to ask for. */
  #unread = 0;
  #allRead: () => void = () => undefined;

  constructor(private readonly folders: readonly string[]) {
    const isOne = folders.length === 1 && isRunFolder(folders[0]);
    this.#root = isOne
      ? this.#enter(findRuns(folders)[0]).view
      : new OverviewView(folders, () => this.#find());
  }

  /** To be opened in a browser: it holds the token. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://${HOME}:${port}/${this.#gate.token}/`;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, HOME);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new UserError(
        code === 'EADDRINUSE' ? `port ${port} is taken` : `port ${port} cannot be listened at: ${message}`,
        'name another one with --port, or none: any that is free is taken then',
        { cause: error },
      );
    }
  }

  /** Shows readers how it ended, and lets them get the reports, then closes. */
  async finish(): Promise<void> {
    this.#readers.look(undefined, true);
    const over = this.#readers.views.filter(({ report }) => report !== undefined);
    this.#unread = over.length;
    if (this.#unread > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#allRead = resolve;
        timer = setTimeout(resolve, FAREWELL);
      });
      clearTimeout(timer);
    }
    await this.close();
  }

  async close(): Promise<void> {
    this.#readers.end();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #enter(run: FoundRun) {
    const known = this.#runs.find(({ path }) => path === run.path);
    if (known) return known;
    const entered = { path: run.path, view: new RunView(run) };
    this.#runs.push(entered);
    return entered;
  }

  /** Each keeps its place, whichever others come. */
  #find(): ShownRuns {
    const found = findRuns(this.folders);
    const runs = found
      .slice(0, MOST_SHOWN)
      .map((run) => ({ run, place: this.#runs.indexOf(this.#enter(run)) }))
      .sort((one, other) => one.place - other.place)
      .map(({ run, place }) => ({ ...run, link: `run/${place}/` }));
    return { runs, hidden: found.slice(MOST_SHOWN) };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const [, token = '', ...path] = (request.url ?? '').replace(/\?.*$/s, '').split('/');
    const { view, name } = this.#at(path);
    const refusal = this.#refusal(request, token);
    if (!refusal && view && name === 'events' && request.method === 'GET')
      this.#readers.add(request, response, view);
    else {
      if (!refusal && view && name === REPORT_PATH) response.on('finish', () => this.#reportSent());
      send(response, refusal ?? (view ? this.#replyOf(view, name, path) : MISSING));
    }
  }

  #refusal({ method, headers }: IncomingMessage, token: string): Reply | undefined {
    const isKnown = this.#gate.knows(token);
    if (!isKnown || !this.#gate.isOwnName(headers.host))
      return text(403, 'Open the whole address that eqprop has told.');
    if (method === 'GET' || method === 'HEAD') return undefined;
    return text(405, 'There is nothing here but to be read.', { Allow: 'GET, HEAD' });
  }

  /** The view that a path leads to, and what of it. */
  #at(path: readonly string[]): { readonly view?: View | undefined; readonly name: string | undefined } {
    const [place, number = '', ...rest] = path;
    if (place !== 'run') return { view: path.length < 2 ? this.#root : undefined, name: place };
    const view = /^\d{1,6}$/.test(number) ? this.#runs[Number(number)]?.view : undefined;
    return { view: rest.length < 2 ? view : undefined, name: rest[0] };
  }

  #replyOf(view: View, name: string | undefined, path: readonly string[]): Reply {
    const report = name === REPORT_PATH ? readIfThere(view.report) : undefined;
    if (report) return { status: 200, type: 'text/html', content: report, policy: REPORT_POLICY };
    switch (name) {
      case undefined:
        // A page's links are relative to a folder.
        return text(301, 'It is a folder.', { Location: `/${[this.#gate.token, ...path].join('/')}/` });
      case '':
        return { status: 200, type: 'text/html', content: this.#document, policy: LIVE_POLICY };
      case 'page.js':
        return { status: 200, type: 'text/javascript', content: this.#script };
      case 'events':
        return { status: 200, type: 'text/event-stream', content: '' };
      default:
        return MISSING;
    }
  }

  #reportSent(): void {
    this.#unread--;
    if (this.#unread === 0) this.#allRead();
  }
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly content: string | Uint8Array;
  /** Names what the page may load (default: nothing). */
  readonly policy?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function text(status: number, sentence: string, headers: Reply['headers'] = {}): Reply {
  return { status, type: 'text/plain', content: `${sentence}\n`, headers };
}

const MISSING = text(404, 'There is no such page.');

function readIfThere(path: string | undefined): Buffer | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path);
  } catch {
    // Gone since it was looked for.
    return undefined;
  }
}

function send(
  response: ServerResponse,
  { status, type, content, policy = "default-src 'none'", headers }: Reply,
): void {
  const bytes = Buffer.from(content);
  response.writeHead(status, {
    ...headers,
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': bytes.length,
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
  });
  // Node leaves the content out of what answers HEAD.
  response.end(bytes);
}
