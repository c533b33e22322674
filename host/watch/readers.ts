/** Open pages: each is sent what has changed since it was last sent something, while looking is worth it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { View } from './views.js';

/** Milliseconds between two looks, at least; looking takes a fifth of the time at most. */
const INTERVAL = 1000;
const TIMES_LOOKING = 4;

interface Reader {
  readonly view: View;
  readonly response: ServerResponse;
  /** The version that was sent last. */
  sent: number;
}

export class Readers {
  readonly #all = new Set<Reader>();
  #timer: NodeJS.Timeout | undefined;

  /** The view that each of them reads. */
  get views(): readonly View[] {
    return [...this.#all].map(({ view }) => view);
  }

  /** Follows a view, from the version on that a browser that was here before says it has. */
  add(request: IncomingMessage, response: ServerResponse, view: View): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    const last = Number(request.headers['last-event-id']);
    const reader = { view, response, sent: Number.isSafeInteger(last) ? last : 0 };
    this.#all.add(reader);
    response.on('close', () => {
      this.#all.delete(reader);
      if (!this.views.includes(view)) view.leave();
    });
    this.look([view]);
    this.#timer ??= setTimeout(() => this.#again(), INTERVAL);
  }

  look(views: Iterable<View> = new Set(this.views), isLast = false): void {
    for (const view of views) view.look(isLast);
    for (const reader of this.#all) send(reader);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const view of new Set(this.views)) view.leave();
    for (const { response } of this.#all) response.end();
    this.#all.clear();
  }

  #again(): void {
    this.#timer = undefined;
    if (this.#all.size === 0) return;
    const began = performance.now();
    this.look();
    const pause = Math.max(INTERVAL, TIMES_LOOKING * (performance.now() - began));
    this.#timer = setTimeout(() => this.#again(), pause);
  }
}

/** One that does not take what it was sent, as on a computer asleep, is sent the rest when it does, in one. */
function send(reader: Reader): void {
  const { view, response } = reader;
  if (response.writableNeedDrain) return;
  const change = view.page.since(reader.sent);
  if (!change) return;
  reader.sent = view.page.version;
  response.write(`id: ${reader.sent}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`);
}
