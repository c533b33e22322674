/**
 * Node's `worker_threads` over a browser's dedicated workers: as much of them as the host uses. The page starts them all, those of its
 * threads too: a worker that a worker has started, ending as its parent ends, can stay for good with it (Chromium 150).
 */

const THREAD = 'eqprop thread';

interface Events {
  message: (value: never) => void;
  error: (error: Error) => void;
  exit: () => void;
}

type Listeners = { [E in keyof Events]: Set<Events[E]> };

/** A thread that is to be started, as told to the page. */
interface Birth {
  readonly script: string;
  /** The thread's end of what it and its starter say to each other. */
  readonly line: MessagePort;
  /** Hears the message of the error that the thread ended with; a message to it ends the thread. */
  readonly fate: MessagePort;
}

/** The page's part in a thread. The first message to its script holds two ports: its line, and where it tells of births. */
class Thread {
  readonly #worker: globalThis.Worker;
  readonly #fate: MessagePort;
  readonly #births: MessagePort;
  readonly #started: Thread[] = [];

  constructor({ script, line, fate }: Birth) {
    this.#fate = fate;
    const births = new MessageChannel();
    this.#births = births.port1;
    this.#births.onmessage = ({ data }: MessageEvent<Birth>) => {
      try {
        this.#started.push(new Thread(data));
      } catch (error) {
        data.fate.postMessage((error as Error).message);
      }
    };
    this.#worker = new globalThis.Worker(script, { type: 'module', name: THREAD });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      fate.postMessage(event.message?.replace(/^Uncaught (\w+: )?/, '') || 'its script did not load');
      this.#end();
    };
    fate.onmessage = () => this.#end();
    this.#worker.postMessage(null, [line, births.port2]);
  }

  #end(): void {
    this.#worker.terminate();
    // One that is not born yet is not born at all; a port that is left open would keep its owners.
    this.#births.close();
    this.#fate.close();
    for (const thread of this.#started.splice(0)) thread.#end();
  }
}

export class Worker {
  readonly #line: MessagePort;
  readonly #fate: MessagePort;
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
    const line = new MessageChannel();
    const fate = new MessageChannel();
    this.#line = line.port1;
    this.#fate = fate.port1;
    this.#line.onmessage = ({ data }) => {
      for (const listener of this.#listeners.message) listener(data as never);
    };
    this.#line.onmessageerror = () => this.#fail('a message from it could not be read');
    this.#fate.onmessage = ({ data }: MessageEvent<string>) => this.#fail(data);
    start({ script: String(script), line: line.port2, fate: fate.port2 });
    this.postMessage(workerData, transferList);
  }

  on<E extends keyof Events>(event: E, listener: Events[E]): this {
    this.#listeners[event].add(listener);
    return this;
  }

  postMessage(value: unknown, transfer: readonly Transferable[] = []): void {
    this.#line.postMessage(value, [...transfer]);
  }

  /** A page that is closed ends its workers: nothing waits for one. */
  unref(): void {}

  async terminate(): Promise<number> {
    this.#end();
    return 0;
  }

  #fail(message: string): void {
    if (this.#hasEnded) return;
    for (const listener of this.#listeners.error) listener(new Error(message));
    this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#line.close();
    this.#fate.postMessage(null);
    for (const listener of this.#listeners.exit) listener();
  }
}

/** The thread's own end; messages wait for whoever listens first. */
class OwnPort {
  #waiting: unknown[] = [];
  #hear: ((value: never) => void) | undefined;

  /** @param first hears the first message */
  constructor(
    private readonly line: MessagePort,
    first: (workerData: unknown) => void,
  ) {
    let isFirst = true;
    line.onmessage = ({ data }) => {
      if (isFirst) first(data);
      else if (this.#hear) this.#hear(data as never);
      else this.#waiting.push(data);
      isFirst = false;
    };
    line.onmessageerror = () => {
      throw new Error('a message to it could not be read');
    };
  }

  on(_event: 'message', listener: (value: never) => void): void {
    this.#hear = listener;
    for (const value of this.#waiting.splice(0)) listener(value as never);
  }

  postMessage(value: unknown, transfer: readonly Transferable[] = []): void {
    this.line.postMessage(value, [...transfer]);
  }
}

interface Self {
  readonly port: OwnPort;
  readonly data: unknown;
  /** Tells the page of a thread to start. */
  readonly births: MessagePort;
}

/** This thread, as the page has started it. */
async function whoAmI(): Promise<Self> {
  // Node ends a thread whose promise is rejected, and tells; a browser does neither.
  globalThis.addEventListener('unhandledrejection', ({ reason }) => {
    setTimeout(() => {
      throw reason;
    });
  });
  const [line, births] = await new Promise<readonly MessagePort[]>((resolve) => {
    globalThis.addEventListener('message', (event) => resolve((event as MessageEvent).ports), { once: true });
  });
  return new Promise((resolve) => {
    const port: OwnPort = new OwnPort(line, (data) => resolve({ port, data, births }));
  });
}

const thread = self.name === THREAD ? await whoAmI() : undefined;

function start(birth: Birth): void {
  if (thread) thread.births.postMessage(birth, [birth.line, birth.fate]);
  else new Thread(birth);
}

/** Null where this is no thread that a `Worker` has started. */
export const parentPort = thread?.port ?? null;
export const workerData: unknown = thread?.data;
