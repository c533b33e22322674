/** A line between two UARTs with a rate each: what one sends is sampled by the other as its own rate has it. */
import { Duplex } from 'node:stream';
import { Kernel, portableModule } from '#host/kernel/index';
import type { LineRates } from '#host/link/index';

const module = portableModule();

/** Bytes that come at a rate, as a UART of another hears them; those without a stop bit, too. */
export function sampled(bytes: Iterable<number>, sent: number, heard: number): readonly number[] {
  const bits = [1, ...Array.from(bytes, bitsOf).flat(), 1];
  const end = bits.length / sent;
  const level = (time: number) => bits[Math.floor(time * sent)] ?? 1;
  const step = 1 / (16 * Math.max(sent, heard));
  const found: number[] = [];
  for (let time = 0; time < end; time += step) {
    if (level(time) === 1) continue;
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= level(time + (bit + 1.5) / heard) << bit;
    found.push(byte);
    // The next start bit is an edge: a line that stays low begins none.
    for (time += 9.5 / heard; time < end && level(time) === 0; ) time += step;
  }
  return found;
}

const bitsOf = (byte: number) => [0, ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1), 1];

export interface RatedLineOptions {
  /** The device's; undefined where the line has none. */
  readonly baud?: number;
  /** Rates that the host's end cannot have. */
  readonly unfit?: readonly number[];
  /** The device hears nothing before the line has been set so often: it starts. */
  readonly startsAfter?: number;
  /** It keeps what it hears until then: it computes. */
  readonly isBusy?: boolean;
  /** The answer of something else than the device to each thing that it hears. */
  readonly says?: string;
  /** The fate of bytes from the device. */
  readonly change?: (byte: number) => number;
}

export class RatedLine extends Duplex implements LineRates {
  readonly kernel = new Kernel(1 << 16, 4096, module);
  /** The rates that it was set to. */
  readonly rates: number[] = [];
  readonly #kept: number[] = [];

  constructor(
    readonly tried: readonly number[],
    readonly options: RatedLineOptions,
  ) {
    super({ writableHighWaterMark: 1 << 20, readableHighWaterMark: 1 << 20 });
  }

  async set(baud: number): Promise<void> {
    if (this.options.unfit?.includes(baud)) throw new Error(`no ${baud} here`);
    this.rates.push(baud);
  }

  get #baud(): number {
    return this.rates.at(-1) ?? this.tried[0];
  }

  override _write(bytes: Uint8Array, _: BufferEncoding, done: () => void): void {
    const { baud = this.#baud, startsAfter = 0, isBusy, says } = this.options;
    const heard = sampled(bytes, this.#baud, baud);
    const isUp = this.rates.length > startsAfter;
    if (isUp && says !== undefined) this.#answer(Buffer.from(says));
    else if (isUp)
      this.kernel.feed(Uint8Array.from(this.#kept.splice(0).concat(heard)), (answer) => this.#answer(answer));
    else if (isBusy) this.#kept.push(...heard);
    setImmediate(done);
  }

  #answer(bytes: Uint8Array): void {
    const { baud = this.#baud, change = (byte) => byte } = this.options;
    const heard = Uint8Array.from(sampled(bytes, baud, this.#baud), change);
    if (heard.length > 0) setImmediate(() => this.push(heard));
  }

  override _read(): void {}
}
