/** A stand-in for `navigator.serial`: behind its port is the emulated Pico, and a line that garbles at another rate than its own. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';

const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url));

const asset = (name: RegExp) => {
  const found = readdirSync(assets).find((file) => name.test(file));
  if (!found) throw new Error(`the site has no ${name}`);
  return `assets/${found}`;
};

export interface FakeOptions {
  /** Bits a second at which the line carries bytes as they are; any, where there is none. */
  readonly baud?: number;
  /** Vendor and product (default: an adapter of nobody's). */
  readonly ids?: readonly [number, number];
  /** The user turns away (default: false). */
  readonly isDeclined?: boolean;
  /** The error that opening ends with. */
  readonly refusal?: readonly [message: string, name: string];
  /** Nobody is at the line's other end (default: false). */
  readonly isDead?: boolean;
}

/** A test's hold on it: `globalThis.fakeSerial` on the page. */
export interface FakeSerial {
  /** Pulls the plug: the board loses all that it knows. */
  unplug(): void;
  /** Opens the port has had, as rates. */
  readonly opened: number[];
  readonly isOpen: boolean;
  /** Whoever opens the port from now on waits until it is let. */
  hold(): void;
  let(): void;
}

/** Call before the page is loaded. */
export async function fakeSerial(page: Page, options: FakeOptions = {}): Promise<void> {
  const site = { script: asset(/^rp2040-worker-.*\.js$/), flash: asset(/^pico-.*\.bin$/) };
  await page.evaluateOnNewDocument(install, { ...options, ...site });
}

/** Runs in the page: nothing from outside is in reach. */
function install({
  baud,
  ids,
  isDeclined,
  refusal,
  isDead,
  script,
  flash,
}: FakeOptions & { readonly script: string; readonly flash: string }): void {
  const opened: number[] = [];
  let worker: Worker | undefined;
  let pins: MessagePort | undefined;
  let rate = 0;
  let arrive: ReadableStreamDefaultController<Uint8Array> | undefined;
  let allowed = Promise.resolve();
  let allow = () => {};
  const carried = (bytes: Uint8Array<ArrayBuffer>) =>
    baud === undefined || rate === baud ? bytes : bytes.map((byte) => byte ^ 0xa5);

  async function power(): Promise<void> {
    if (worker || isDead) return;
    const image = new Uint8Array(await (await fetch(flash)).arrayBuffer());
    worker = new Worker(new URL(script, document.baseURI), { type: 'module', name: 'eqprop thread' });
    // As a page of the laboratory starts it: its line, and where it would tell of threads of its own.
    const [own, births] = [new MessageChannel(), new MessageChannel()];
    worker.postMessage(null, [own.port2, births.port2]);
    pins = own.port1;
    pins.onmessage = ({ data }) => {
      if (data.answers?.length > 0) arrive?.enqueue(carried(data.answers));
    };
    pins.postMessage({ flash: image, line: 'uart' });
  }

  const port = {
    readable: null as ReadableStream<Uint8Array> | null,
    writable: null as WritableStream<Uint8Array<ArrayBuffer>> | null,
    getInfo: () => (ids ? { usbVendorId: ids[0], usbProductId: ids[1] } : {}),
    async open({ baudRate }: { baudRate: number }) {
      if (refusal) throw new DOMException(...refusal);
      await allowed;
      await power();
      opened.push(baudRate);
      rate = baudRate;
      this.readable = new ReadableStream({
        start(controller) {
          arrive = controller;
        },
        cancel() {
          arrive = undefined;
        },
      });
      this.writable = new WritableStream({
        write: (bytes) => pins?.postMessage(carried(bytes.slice())),
      });
    },
    async close() {
      arrive = undefined;
      this.readable = null;
      this.writable = null;
    },
  };
  const serial = {
    async requestPort() {
      if (isDeclined) throw new DOMException('No port selected by the user.', 'NotFoundError');
      return port;
    },
  };
  const told: FakeSerial = {
    opened,
    get isOpen() {
      return port.readable !== null;
    },
    hold() {
      allowed = new Promise((resolve) => {
        allow = resolve;
      });
    },
    let: () => allow(),
    unplug() {
      worker?.terminate();
      worker = undefined;
      port.readable = null;
      arrive?.error(new DOMException('The device has been lost.', 'NetworkError'));
      arrive = undefined;
    },
  };
  Object.defineProperty(navigator, 'serial', { value: serial });
  Object.assign(globalThis, { fakeSerial: told });
}
