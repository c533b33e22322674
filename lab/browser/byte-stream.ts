/** A stream of bytes, as the link uses it, over whatever carries them in a browser. */
import type { ByteStream } from '#host/link/index.js';

interface Events {
  data: (bytes: Uint8Array) => void;
  error: (error: Error) => void;
  drain: () => void;
  end: () => void;
  close: () => void;
}

/** Bytes given and not yet taken, beyond which writing is to pause. */
const BACKLOG = 0x10000;

export class BrowserStream implements ByteStream {
  readonly #listeners: { [E in keyof Events]: Set<Events[E]> } = {
    data: new Set(),
    error: new Set(),
    drain: new Set(),
    end: new Set(),
    close: new Set(),
  };
  #untaken = 0;
  #isDestroyed = false;

  /** @param send gives bytes to the other end, which says by `taken` how many it took; they are its own */
  constructor(private readonly send: (bytes: Uint8Array<ArrayBuffer>) => void) {}

  on<E extends keyof Events>(event: E, listener: Events[E]): void {
    this.#listeners[event].add(listener);
  }

  off<E extends keyof Events>(event: E, listener: Events[E]): void {
    this.#listeners[event].delete(listener);
  }

  get writableNeedDrain(): boolean {
    return this.#untaken > BACKLOG;
  }

  get destroyed(): boolean {
    return this.#isDestroyed;
  }

  write(bytes: Uint8Array): void {
    if (this.#isDestroyed) return;
    this.#untaken += bytes.length;
    this.send(new Uint8Array(bytes));
  }

  /** So many bytes are with the other end. */
  taken(count: number): void {
    const wasFull = this.writableNeedDrain;
    this.#untaken -= count;
    if (wasFull && !this.writableNeedDrain) for (const listener of [...this.#listeners.drain]) listener();
  }

  /** Bytes have come. */
  receive(bytes: Uint8Array): void {
    if (this.#isDestroyed) return;
    for (const listener of [...this.#listeners.data]) listener(bytes);
  }

  /** The line is at its end: by an error, or because it was closed. Any number of times. */
  destroy(error?: Error): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    if (error) for (const listener of [...this.#listeners.error]) listener(error);
    for (const listener of [...this.#listeners.close]) listener();
  }
}
