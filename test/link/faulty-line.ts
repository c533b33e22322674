/**
 * A line with a device at its other end, which loses, spoils and repeats what passes: the same faults for the same
 * seed. It watches the device's receive buffer: a host that sends more than the window while the device is busy
 * breaks the line.
 */
import { Duplex } from 'node:stream';
import { Kernel, portableModule } from '#host/kernel/index';
import { cobsDecode } from '#host/link/cobs';
import { mix32, randomWord } from '#host/model/index';
import type { Way } from './changing-line.js';

/** Chances from 0 to 1. */
export interface Faults {
  /** A byte is lost. */
  readonly drop?: number;
  /** A byte becomes another. */
  readonly corrupt?: number;
  /** One to three bytes of rubbish come before a byte. */
  readonly insert?: number;
  /** A chunk is lost. */
  readonly lose?: number;
  /** A chunk comes twice. */
  readonly repeat?: number;
  /** A chunk is late by a turn of the event loop, then perhaps by another. */
  readonly delay?: number;
  /** Most bytes of a chunk (default: as written). */
  readonly chunk?: number;
}

export interface FaultyLineOptions {
  readonly seed?: number;
  readonly arena?: number;
  readonly window?: number;
  readonly toDevice?: Faults;
  readonly fromDevice?: Faults;
  /** What becomes of the host's bytes each time. */
  readonly changed?: Way;
  /** Milliseconds that the device takes over a frame of this type (default 0: it is never busy). */
  readonly busy?: (type: number) => number;
  /** Bytes written and not delivered at which writing must pause (default: delivered at once, so never). */
  readonly backlog?: number;
}

/** Set in the bytes that the host sent, to tell them from those that the line made up. */
const GENUINE = 0x100;

const module = portableModule();

class Spoiler {
  faults = 0;
  readonly #chances: Faults;
  readonly #key: number;
  #drawn = 0;

  constructor(chances: Faults, key: number) {
    this.#chances = chances;
    this.#key = key;
  }

  spoil(bytes: Uint8Array): number[][] {
    const { chunk, lose, repeat } = this.#chances;
    const chunks: number[][] = [];
    for (let from = 0; from < bytes.length; ) {
      const length = chunk ? 1 + this.#below(chunk) : bytes.length;
      const passed = [...bytes.subarray(from, from + length)].flatMap((byte) => this.#byte(byte));
      from += length;
      if (this.#happens(lose)) continue;
      chunks.push(passed);
      if (this.#happens(repeat)) chunks.push(passed.map((byte) => byte & 0xff));
    }
    return chunks;
  }

  isLate(): boolean {
    const { delay = 0 } = this.#chances;
    return delay > 0 && this.#word() < delay * 2 ** 32;
  }

  #byte(byte: number): number[] {
    const { drop, corrupt, insert } = this.#chances;
    const rubbish = this.#happens(insert)
      ? Array.from({ length: 1 + this.#below(3) }, () => this.#below(256))
      : [];
    if (this.#happens(drop)) return rubbish;
    const passed = this.#happens(corrupt) ? byte ^ (1 + this.#below(255)) : byte;
    return [...rubbish, passed | GENUINE];
  }

  #word(): number {
    return randomWord(this.#key, this.#drawn++) >>> 0;
  }

  #below(limit: number): number {
    return limit > 1 ? this.#word() % limit : 0;
  }

  #happens(chance = 0): boolean {
    if (chance === 0) return false;
    const happened = this.#word() < chance * 2 ** 32;
    if (happened) this.faults++;
    return happened;
  }
}

interface Delivery {
  readonly bytes: readonly number[];
  readonly delivered: () => void;
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
  readonly #out: Spoiler;
  readonly #in: Spoiler;
  #under: Delivery[] = [];
  #answers: number[][] = [];
  #buffer: number[] = [];
  #isBusy = false;
  #isMoving = false;

  constructor(options: FaultyLineOptions = {}) {
    super({ writableHighWaterMark: options.backlog ?? 1 << 20, readableHighWaterMark: 1 << 20 });
    const { seed = 1, window = 4096, toDevice = {}, fromDevice = {} } = options;
    this.#options = options;
    this.#window = window;
    this.#out = new Spoiler(toDevice, mix32(2 * seed));
    this.#in = new Spoiler(fromDevice, mix32(2 * seed + 1));
    this.kernel = this.#device();
  }

  /** Faults so far, both ways. */
  get faults(): number {
    return this.#out.faults + this.#in.faults;
  }

  /** The device starts anew and knows nothing; what it had not taken is lost. */
  reset(): void {
    this.kernel = this.#device();
    this.#buffer = [];
  }

  /** Bytes that nobody sent reach the device. */
  disturb(bytes: Uint8Array): void {
    this.#arrive([...bytes]);
  }

  /** Bytes that the device did not send reach the host. */
  inject(bytes: Uint8Array): void {
    this.push(bytes);
  }

  override _write(bytes: Uint8Array, _: BufferEncoding, done: () => void): void {
    const { changed = (same) => same } = this.#options;
    const spoilt = this.#out.spoil(Uint8Array.from(changed([...bytes])));
    const paused = this.#options.backlog !== undefined;
    if (!paused || spoilt.length === 0) done();
    const last = spoilt.length - 1;
    const nothing = () => {};
    spoilt.forEach((chunk, i) => {
      this.#under.push({ bytes: chunk, delivered: paused && i === last ? done : nothing });
    });
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
      while (this.#under.length > 0 && !this.#out.isLate()) {
        const [{ bytes, delivered }] = this.#under.splice(0, 1);
        if (!this.isCut) this.#arrive(bytes);
        delivered();
      }
      const arrived: number[] = [];
      while (this.#answers.length > 0 && !this.#in.isLate()) arrived.push(...this.#answers.splice(0, 1)[0]);
      if (arrived.length > 0) this.push(Uint8Array.from(arrived));
      if (this.#under.length > 0 || this.#answers.length > 0) this.#move();
    });
  }

  #arrive(bytes: readonly number[]): void {
    for (const byte of bytes) this.#buffer.push(byte);
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
      this.#answers.push(...this.#in.spoil(answer));
    });
    this.#move();
  }
}
