/**
 * A model of ST's accelerometer LIS3DH at an RP2040's I²C, after its datasheet: registers behind a sub-address whose uppermost bit
 * makes it go on, samples at the rate that CTRL_REG1 asks for, of a motion. A byte takes its time on the bus.
 */
import type { RP2040 } from 'rp2040js';

const ADDRESS = 0x19;
const WHO_AM_I = 0x0f;
const CTRL_REG1 = 0x20;
const CTRL_REG4 = 0x23;
const STATUS_REG = 0x27;
const OUT_X_L = 0x28;
const OUT_Z_H = 0x2d;
const AUTO_INCREMENT = 0x80;
const ZYXDA = 1 << 3;
const ZYXOR = 1 << 7;
/** Nanoseconds of nine bits at 400 kHz. */
const BYTE_TIME = 22_500;
/** Nanoseconds between samples, by the upper half of CTRL_REG1; 100 Hz is the only one that is modelled. */
const PERIODS: ReadonlyMap<number, number> = new Map([[5, 10_000_000]]);
/** High resolution, block data update, ±2 g: 12 bits to the left, thousandths of g. */
const HR_BDU_2G = 0x88;

/** x, y and z in thousandths of g, of the n-th sample. */
export type Motion = (n: number) => readonly number[];

/** Ways in which a bus or a sensor fails. */
export type Fault = 'absent' | 'stuck' | 'another chip' | 'no samples' | undefined;

export class Lis3dh {
  #fault: Fault;
  /** Samples made so far. */
  made = 0;
  /** Samples that came before the one before them was read. */
  missed = 0;
  readonly #registers = new Uint8Array(0x40);
  #pointer = 0;
  #isPointed = false;
  #since = 0;

  constructor(
    private readonly chip: RP2040,
    private readonly motion: Motion,
  ) {
    this.#registers[WHO_AM_I] = 0x33;
    this.#registers[CTRL_REG1] = 0x07;
    const [bus] = chip.i2c;
    const soon = (work: () => void) => {
      if (this.fault !== 'stuck') chip.clock.createAlarm(work).schedule(BYTE_TIME);
    };
    bus.onStart = () => soon(() => bus.completeStart());
    bus.onConnect = (address) => {
      this.#isPointed = false;
      soon(() => bus.completeConnect(address === ADDRESS && this.fault !== 'absent'));
    };
    bus.onWriteByte = (value) => {
      this.#write(value);
      soon(() => bus.completeWrite(true));
    };
    bus.onReadByte = () => {
      const value = this.#read();
      soon(() => bus.completeRead(value));
    };
    bus.onStop = () => soon(() => bus.completeStop());
  }

  get fault(): Fault {
    return this.#fault;
  }

  /** A bus that is let go is idle: the emulator's RESETS, by which the driver begins anew, reset nothing. */
  set fault(fault: Fault) {
    const wasStuck = this.#fault === 'stuck';
    this.#fault = fault;
    if (wasStuck) this.chip.i2c[0].completeStop();
  }

  /** As after its power went and came back. */
  restart(): void {
    this.#registers.fill(0);
    this.#registers[WHO_AM_I] = 0x33;
    this.#registers[CTRL_REG1] = 0x07;
  }

  #write(value: number): void {
    if (!this.#isPointed) {
      this.#pointer = value;
      this.#isPointed = true;
      return;
    }
    const register = this.#next();
    if (register < CTRL_REG1 || register > 0x26) throw new Error(`register ${register} is none to write to`);
    this.#registers[register] = value;
    if (register === CTRL_REG1) this.#since = this.chip.clock.nanos;
  }

  #read(): number {
    const register = this.#next();
    if (register === WHO_AM_I) return this.fault === 'another chip' ? 0x44 : this.#registers[WHO_AM_I];
    if (register === STATUS_REG) this.#sample();
    const value = this.#registers[register];
    if (register === OUT_Z_H) this.#registers[STATUS_REG] &= ~(ZYXDA | ZYXOR);
    return value;
  }

  /** The register that is meant, the pointer going on where it was told to. */
  #next(): number {
    const register = this.#pointer & 0x3f;
    if (this.#pointer & AUTO_INCREMENT) this.#pointer++;
    return register;
  }

  /** Makes the samples that are due. */
  #sample(): void {
    const control = this.#registers[CTRL_REG1];
    const period = PERIODS.get(control >> 4);
    if (period === undefined || (control & 7) !== 7 || this.fault === 'no samples') return;
    if (this.#registers[CTRL_REG4] !== HR_BDU_2G) throw new Error('samples of another form are not modelled');
    for (; this.chip.clock.nanos - this.#since >= period; this.#since += period) {
      if (this.#registers[STATUS_REG] & ZYXDA) this.missed++;
      this.#registers[STATUS_REG] |= ZYXDA;
      for (const [axis, value] of this.motion(this.made).entries())
        new DataView(this.#registers.buffer).setInt16(OUT_X_L + 2 * axis, value << 4, true);
      this.made++;
    }
  }
}
