/**
 * A bad line between any host and any device: listens on loopback, and passes what it hears to the device and back,
 * spoilt, late and slow as told. The device stays as it is while hosts come and go, until it is reset.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { DeviceLine } from '#host/devices/index';
import { OneWay } from '#host/devices/one-way';
import { mix32, randomWord } from '#host/model/index';
import { type FaultKind, type Faults, Spoiler } from './spoiler.js';

export interface ProxyOptions {
  /** Opens the device anew, as it is after power comes. */
  readonly device: () => Promise<DeviceLine>;
  readonly seed?: number;
  readonly toDevice?: Faults;
  readonly fromDevice?: Faults;
  /** Bits a second, 10 a byte, both ways (default: as fast as it goes). */
  readonly baud?: number;
  /** Milliseconds that each byte is under way, one way, and as many more at most. */
  readonly latency?: number;
  readonly jitter?: number;
  /** Bytes that reach the device, on average, from one reset of it to the next; and from one lost connection to the next. */
  readonly resetEvery?: number;
  readonly disconnectEvery?: number;
}

export type CutKind = 'reset' | 'disconnect';

/** Milliseconds of bytes that travel together where the line has a speed. */
const GRAIN = 1;

/** Bytes in order, late. */
class Delay {
  /** Timers of their own would not keep the order. */
  #queue: { readonly bytes: Uint8Array; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastDue = 0;

  constructor(
    private readonly deliver: (bytes: Uint8Array) => void,
    private readonly lateness: () => number,
  ) {}

  /** @param pause milliseconds before it, in which nothing passes */
  push(bytes: Uint8Array, pause = 0): void {
    const due = Math.max(performance.now() + this.lateness(), this.#lastDue) + pause;
    this.#lastDue = due;
    this.#queue.push({ bytes, due });
    if (!this.#timer) this.#deliverDue();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = [];
    this.#lastDue = 0;
  }

  readonly #deliverDue = (): void => {
    this.#timer = undefined;
    for (let next = this.#queue[0]; next && next.due <= performance.now(); next = this.#queue[0]) {
      this.#queue.shift();
      this.deliver(next.bytes);
    }
    const [next] = this.#queue;
    if (next && !this.#timer)
      this.#timer = setTimeout(this.#deliverDue, Math.max(1, next.due - performance.now()));
  };
}

/** One direction: spoilt as it is written, then slow, then late. */
class Way {
  readonly spoiler: Spoiler;
  passed = 0;
  readonly #line: OneWay;
  readonly #delay: Delay;
  #pause = 0;

  constructor(
    deliver: (bytes: Uint8Array) => void,
    { baud, latency = 0, jitter = 0 }: ProxyOptions,
    faults: Faults,
    seed: number,
  ) {
    this.spoiler = new Spoiler(faults, seed);
    let drawn = 0;
    const key = mix32(seed + 1);
    const lateness = () => latency + (jitter > 0 ? (jitter * (randomWord(key, drawn++) >>> 0)) / 2 ** 32 : 0);
    this.#delay = new Delay(deliver, lateness);
    const speed = baud === undefined ? Number.POSITIVE_INFINITY : baud / 10;
    this.#line = new OneWay(
      (bytes) => {
        this.#delay.push(bytes, this.#pause);
        this.#pause = 0;
      },
      speed,
      () => Number.POSITIVE_INFINITY,
      GRAIN,
    );
  }

  push(bytes: Uint8Array): void {
    this.passed += bytes.length;
    for (const piece of this.spoiler.pass(bytes)) {
      this.#pause += piece.pause;
      this.#line.push(piece.bytes);
    }
  }

  clear(): void {
    this.#line.clear();
    this.#delay.clear();
    this.#pause = 0;
  }
}

export class FaultProxy {
  readonly cuts: Record<CutKind, number> = { reset: 0, disconnect: 0 };
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #toDevice: Way;
  readonly #fromDevice: Way;
  readonly #key: number;
  #device: DeviceLine | undefined;
  #opening: Promise<void> = Promise.resolve();
  #host: Socket | undefined;
  #drawn = 0;
  #untilReset: number;
  #untilDisconnect: number;

  private constructor(options: ProxyOptions) {
    this.#options = options;
    const { seed = 1 } = options;
    this.#key = mix32(seed);
    this.#toDevice = new Way((bytes) => this.#deliver(bytes), options, options.toDevice ?? {}, 4 * seed);
    this.#fromDevice = new Way(
      (bytes) => this.#host?.write(bytes),
      options,
      options.fromDevice ?? {},
      4 * seed + 2,
    );
    this.#untilReset = this.#distance(options.resetEvery);
    this.#untilDisconnect = this.#distance(options.disconnectEvery);
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.#open();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The end that a host connects to. */
  get spec(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Faults so far, both ways, by kind. */
  get counts(): Readonly<Partial<Record<FaultKind | CutKind, number>>> {
    const counts: Partial<Record<FaultKind | CutKind, number>> = {};
    for (const { spoiler } of [this.#toDevice, this.#fromDevice])
      for (const [kind, count] of spoiler.counts) counts[kind] = (counts[kind] ?? 0) + count;
    for (const kind of ['reset', 'disconnect'] as const)
      if (this.cuts[kind] > 0) counts[kind] = this.cuts[kind];
    return counts;
  }

  get faults(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** Bytes that came, by the direction they were sent in. */
  get bytes(): { readonly toDevice: number; readonly fromDevice: number } {
    return { toDevice: this.#toDevice.passed, fromDevice: this.#fromDevice.passed };
  }

  /** Power goes and comes: what the device knew is gone, and what was under way. */
  reset(): void {
    this.cuts.reset++;
    this.#toDevice.clear();
    this.#fromDevice.clear();
    const before = this.#device;
    this.#device = undefined;
    this.#opening = this.#opening.then(async () => {
      await before?.close();
      await this.#open();
    });
  }

  /** The host's connection breaks; the device does not notice. */
  disconnect(): void {
    this.cuts.disconnect++;
    this.#host?.destroy();
    this.#host = undefined;
    this.#toDevice.clear();
    this.#fromDevice.clear();
  }

  async end(): Promise<void> {
    this.#host?.destroy();
    this.#server.close();
    this.#toDevice.clear();
    this.#fromDevice.clear();
    await this.#opening;
    await this.#device?.close();
  }

  async #open(): Promise<void> {
    const device = await this.#options.device();
    this.#device = device;
    device.stream.on('error', () => undefined);
    device.stream.on('data', (bytes: Uint8Array) => {
      if (this.#device === device) this.#fromDevice.push(bytes);
    });
  }

  #accept(socket: Socket): void {
    this.#host?.destroy();
    this.#host = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => this.#hear(socket, bytes));
  }

  #hear(socket: Socket, bytes: Uint8Array): void {
    let from = 0;
    // Cut in the middle of what comes, too.
    while (this.#host === socket && from < bytes.length) {
      const length = Math.min(bytes.length - from, this.#untilReset, this.#untilDisconnect);
      this.#toDevice.push(bytes.subarray(from, from + length));
      from += length;
      this.#untilReset -= length;
      this.#untilDisconnect -= length;
      if (this.#untilReset === 0) {
        this.#untilReset = this.#distance(this.#options.resetEvery);
        this.reset();
      }
      if (this.#untilDisconnect === 0) {
        this.#untilDisconnect = this.#distance(this.#options.disconnectEvery);
        this.disconnect();
      }
    }
  }

  #deliver(bytes: Uint8Array): void {
    this.#device?.stream.write(bytes);
  }

  #distance(mean: number | undefined): number {
    return mean === undefined
      ? Number.POSITIVE_INFINITY
      : 1 + ((randomWord(this.#key, this.#drawn++) >>> 0) % (2 * mean));
  }
}
