/** A stream of bytes, as the link uses it, over whatever carries them in a browser. */
import { concatenate } from '#host/ground/index.js';
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
/** Messages under way, beyond which what is written gathers: a message costs more than its bytes, and two keep a device busy. */
const MESSAGES = 2;

export class BrowserStream implements ByteStream {
  readonly #listeners: { [E in keyof Events]: Set<Events[E]> } = {
    data: new Set(),
    error: new Set(),
    drain: new Set(),
    end: new Set(),
    close: new Set(),
  };
  /** Bytes, from the beginning on. */
  #written = 0;
  #taken = 0;
  #unsent: Uint8Array[] = [];
  /** Ends of the messages under way, in bytes written. */
  readonly #underWay: number[] = [];
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
    return this.#written - this.#taken > BACKLOG;
  }

  get destroyed(): boolean {
    return this.#isDestroyed;
  }

  write(bytes: Uint8Array): void {
    if (this.#isDestroyed || bytes.length === 0) return;
    this.#written += bytes.length;
    this.#unsent.push(bytes);
    this.#sendGathered();
  }

  /** Sends what has gathered, whatever is under way. */
  flush(): void {
    if (this.#isDestroyed || this.#unsent.length === 0) return;
    this.#underWay.push(this.#written);
    this.send(concatenate(this.#unsent.splice(0)));
  }

  /** So many bytes are with the other end. */
  taken(count: number): void {
    const wasFull = this.writableNeedDrain;
    this.#taken += count;
    while (this.#underWay[0] <= this.#taken) this.#underWay.shift();
    this.#sendGathered();
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

  #sendGathered(): void {
    if (this.#underWay.length < MESSAGES) this.flush();
  }
}
