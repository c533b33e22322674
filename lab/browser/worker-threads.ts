/** Node's `worker_threads` over a browser's dedicated workers: as much of them as the host uses. */

const THREAD = 'eqprop thread';

interface Events {
  message: (value: never) => void;
  error: (error: Error) => void;
  exit: () => void;
}

type Listeners = { [E in keyof Events]: Set<Events[E]> };

export class Worker {
  readonly #worker: globalThis.Worker;
  readonly #listeners: Listeners = { message: new Set(), error: new Set(), exit: new Set() };
  #hasEnded = false;

  /** @param workerData travels as the first message */
  constructor(
    script: string | URL,
    {
      workerData,
      transferList = [],
    }: { readonly workerData: unknown; readonly transferList?: Transferable[] },
  ) {
    this.#worker = new globalThis.Worker(script, { type: 'module', name: THREAD });
    this.#worker.onmessage = ({ data }) => {
      for (const listener of this.#listeners.message) listener(data as never);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(event.message?.replace(/^Uncaught (\w+: )?/, '') || 'its script did not load');
      for (const listener of this.#listeners.error) listener(error);
      this.#end();
    };
    this.#worker.postMessage(workerData, transferList);
  }

  on<E extends keyof Events>(event: E, listener: Events[E]): this {
    this.#listeners[event].add(listener);
    return this;
  }

  postMessage(value: unknown, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(value, [...transfer]);
  }

  /** A page that is closed ends its workers: nothing waits for one. */
  unref(): void {}

  async terminate(): Promise<number> {
    this.#end();
    return 0;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#worker.terminate();
    for (const listener of this.#listeners.exit) listener();
  }
}

/** The thread's own end; messages wait for whoever listens first. */
class OwnPort {
  readonly #scope = globalThis as unknown as Pick<globalThis.Worker, 'postMessage' | 'addEventListener'>;
  #waiting: unknown[] = [];
  #hear: ((value: never) => void) | undefined;
  /** The first message. */
  readonly data: Promise<unknown>;

  constructor() {
    this.data = new Promise((resolve) => {
      let isFirst = true;
      this.#scope.addEventListener('message', ({ data }) => {
        if (isFirst) resolve(data);
        else if (this.#hear) this.#hear(data as never);
        else this.#waiting.push(data);
        isFirst = false;
      });
    });
    // Node ends a thread whose promise is rejected, and tells; a browser does neither.
    globalThis.addEventListener('unhandledrejection', ({ reason }) => {
      setTimeout(() => {
        throw reason;
      });
    });
  }

  on(_event: 'message', listener: (value: never) => void): void {
    this.#hear = listener;
    for (const value of this.#waiting.splice(0)) listener(value as never);
  }

  postMessage(value: unknown, transfer: readonly Transferable[] = []): void {
    this.#scope.postMessage(value, [...transfer] as never);
  }
}

const port = self.name === THREAD ? new OwnPort() : null;

/** Null where this is no thread that a `Worker` has started. */
export const parentPort = port;
export const workerData: unknown = await port?.data;
