/**
 * A line with a device at its other end, which loses, spoils and repeats what passes: the same faults for the same
 * seed. It watches the device's receive buffer: a host that sends more than the window while the device is busy
 * breaks the line.
 */
import { Duplex } from 'node:stream';
import { Kernel, portableModule } from '#host/kernel/index';
import { cobsDecode } from '#host/link/cobs';
import { type Faults, type Passed, Spoiler } from '../faults/spoiler.js';
import { Draw } from '../fuzz/draw.js';
import type { Way } from './changing-line.js';

export interface FaultyLineOptions {
  readonly seed?: number;
  readonly arena?: number;
  readonly window?: number;
  readonly toDevice?: Faults;
  readonly fromDevice?: Faults;
  /** Most bytes that travel together (default: as written). */
  readonly chunk?: number;
  /** The fate of the host's bytes, each time. */
  readonly changed?: Way;
  /** Milliseconds that the device takes over a frame of this type (default 0: it is never busy). */
  readonly busy?: (type: number) => number;
  /** Bytes written and not delivered at which writing must pause (default: delivered at once, so never). */
  readonly backlog?: number;
}

/** Set in the bytes that the host sent, to tell them from those that the line made up. */
const GENUINE = 0x100;

/** Cuts are drawn apart from faults. */
const CUTS = 0x6375;

const module = portableModule();

interface Piece extends Passed {
  readonly delivered: () => void;
}

const nothing = () => {};

/** One direction: cut up and spoilt, each piece late by as many turns of the event loop as the spoiler pauses. */
class Passage {
  readonly spoiler: Spoiler;
  readonly #cuts: Draw;
  readonly #chunk: number;
  #under: Piece[] = [];
  #turns = 0;

  constructor(faults: Faults, seed: number, chunk = Number.POSITIVE_INFINITY) {
    this.spoiler = new Spoiler(faults, seed);
    this.#cuts = new Draw(seed, CUTS);
    this.#chunk = chunk;
  }

  get isEmpty(): boolean {
    return this.#under.length === 0;
  }

  /** @param delivered is called when all of them have arrived that ever will */
  push(bytes: Uint8Array, delivered = nothing): void {
    const pieces = this.#cut(bytes).flatMap((chunk) => this.spoiler.pass(chunk));
    if (pieces.length === 0) delivered();
    const last = pieces.length - 1;
    this.#under.push(
      ...pieces.map((piece, i) => ({ ...piece, delivered: i === last ? delivered : nothing })),
    );
  }

  /** Bytes that arrive in this turn. */
  *arrivals(): Generator<Piece> {
    for (let [next] = this.#under; next; [next] = this.#under) {
      if (this.#turns++ < next.pause) return;
      this.#turns = 0;
      this.#under.shift();
      yield next;
    }
  }

  #cut(bytes: Uint8Array): readonly Uint8Array[] {
    if (bytes.length <= 1 || !Number.isFinite(this.#chunk)) return [bytes];
    const chunks: Uint8Array[] = [];
    for (let from = 0; from < bytes.length; ) {
      const length = this.#cuts.between(1, this.#chunk);
      chunks.push(bytes.subarray(from, from + length));
      from += length;
    }
    return chunks;
  }
}

export class FaultyLine extends Duplex {
  kernel: Kernel;
  /** Types of the frames that the device was handed, whole or not. */
  readonly taken: number[] = [];
  /** Most bytes of the host that waited while the device was busy. */
  fullest = 0;
  /** While set, the device hears nothing. */
  isCut = false;
  readonly #options: FaultyLineOptions;
  readonly #window: number;
  readonly #out: Passage;
  readonly #in: Passage;
  #buffer: number[] = [];
  #isBusy = false;
  #isMoving = false;

  constructor(options: FaultyLineOptions = {}) {
    super({ writableHighWaterMark: options.backlog ?? 1 << 20, readableHighWaterMark: 1 << 20 });
    const { seed = 1, window = 4096, toDevice = {}, fromDevice = {}, chunk } = options;
    this.#options = options;
    this.#window = window;
    this.#out = new Passage(toDevice, 2 * seed, chunk);
    this.#in = new Passage(fromDevice, 2 * seed + 1, chunk);
    this.kernel = this.#device();
  }

  /** Faults so far, both ways. */
  get faults(): number {
    return this.#out.spoiler.total + this.#in.spoiler.total;
  }

  /** The device starts anew and knows nothing; what it had not taken is lost. */
  reset(): void {
    this.kernel = this.#device();
    this.#buffer = [];
  }

  /** Bytes that nobody sent reach the device. */
  disturb(bytes: Uint8Array): void {
    this.#arrive(bytes, false);
  }

  /** Bytes that the device did not send reach the host. */
  inject(bytes: Uint8Array): void {
    this.push(bytes);
  }

  override _write(bytes: Uint8Array, _: BufferEncoding, done: () => void): void {
    const { changed = (same) => same } = this.#options;
    const paused = this.#options.backlog !== undefined;
    this.#out.push(Uint8Array.from(changed([...bytes])), paused ? done : nothing);
    if (!paused) done();
    this.#move();
  }

  override _read(): void {}

  #device(): Kernel {
    return new Kernel(this.#options.arena ?? 1 << 16, this.#window, module);
  }

  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    setImmediate(() => {
      this.#isMoving = false;
      for (const { bytes, isSent, delivered } of this.#out.arrivals()) {
        if (!this.isCut) this.#arrive(bytes, isSent);
        delivered();
      }
      const arrived = [...this.#in.arrivals()].map(({ bytes }) => bytes);
      if (arrived.length > 0) this.push(Buffer.concat(arrived));
      if (!this.#out.isEmpty || !this.#in.isEmpty) this.#move();
    });
  }

  #arrive(bytes: Uint8Array, isSent: boolean): void {
    for (const byte of bytes) this.#buffer.push(isSent ? byte | GENUINE : byte);
    if (this.#isBusy) this.#watch();
    this.#work();
  }

  #watch(): void {
    const waiting = this.#buffer.filter((byte) => byte & GENUINE).length;
    this.fullest = Math.max(this.fullest, waiting);
    if (waiting > this.#window)
      this.destroy(new Error(`${waiting} bytes wait for a busy device whose window is ${this.#window}`));
  }

  /** Takes the frames that are there, one after the other. */
  #work(): void {
    const { busy } = this.#options;
    while (!this.#isBusy) {
      const end = this.#buffer.findIndex((byte) => (byte & 0xff) === 0);
      if (end < 0) return;
      const frame = Uint8Array.from(this.#buffer.splice(0, end + 1));
      if (end === 0) continue;
      const type = cobsDecode(frame.subarray(0, end))?.[0] ?? 0;
      this.taken.push(type);
      const time = busy?.(type) ?? 0;
      if (time === 0) this.#feed(frame);
      else {
        this.#isBusy = true;
        this.#watch();
        const device = this.kernel;
        setTimeout(() => {
          this.#isBusy = false;
          if (device === this.kernel) this.#feed(frame);
          this.#work();
        }, time);
      }
    }
  }

  #feed(frame: Uint8Array): void {
    this.kernel.feed(frame, (answer) => {
      this.#in.push(answer);
    });
    this.#move();
  }
}
