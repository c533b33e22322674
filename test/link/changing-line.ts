/** A line with a device at its other end, which changes the same bytes each time. */
import { Duplex } from 'node:stream';
import { Kernel, portableModule } from '#host/kernel/index';

/** The fate of bytes of one direction; pieces are cut anywhere. */
export type Way = (bytes: readonly number[]) => readonly number[];

export interface Ways {
  readonly toDevice?: Way;
  readonly fromDevice?: Way;
}

const module = portableModule();
const same: Way = (bytes) => bytes;

export class ChangingLine extends Duplex {
  readonly kernel: Kernel;
  readonly #ways: Ways;

  constructor(ways: Ways, window = 4096) {
    super({ writableHighWaterMark: 1 << 20, readableHighWaterMark: 1 << 20 });
    this.#ways = ways;
    this.kernel = new Kernel(1 << 16, window, module);
  }

  /** Bytes that the device did not send reach the host. */
  inject(bytes: Uint8Array): void {
    this.push(bytes);
  }

  override _write(bytes: Uint8Array, _: BufferEncoding, done: () => void): void {
    const { toDevice = same, fromDevice = same } = this.#ways;
    const answers: number[] = [];
    this.kernel.feed(Uint8Array.from(toDevice([...bytes])), (answer) => answers.push(...answer));
    setImmediate(() => {
      if (answers.length > 0) this.push(Uint8Array.from(fromDevice(answers)));
      done();
    });
  }

  override _read(): void {}
}

const each =
  (change: (byte: number) => number | readonly number[]): Way =>
  (bytes) =>
    bytes.flatMap(change);

/** Faults that lines are known for, one direction each. */
export const changing = {
  iac: each((byte) => (byte === 0xff ? [0xff, 0xff] : byte)),
  xonxoff: each((byte) => (byte === 0x11 || byte === 0x13 ? [] : byte)),
  seven: each((byte) => byte & 0x7f),
  onlcr: each((byte) => (byte === 0x0a ? [0x0d, 0x0a] : byte)),
  icrnl: each((byte) => (byte === 0x0d ? 0x0a : byte)),
  inlcr: each((byte) => (byte === 0x0a ? 0x0d : byte)),
  igncr: each((byte) => (byte === 0x0d ? [] : byte)),
  crnul: each((byte) => (byte === 0x0d ? [0x0d, 0x00] : byte)),
  nonul: each((byte) => (byte === 0 ? [] : byte)),
  invert: each((byte) => byte ^ 0xff),
  odd: each((byte) => (byte === 0x41 ? 0xc1 : byte)),
} satisfies Record<string, Way>;
