/** An emulated Pico in this thread, whose cycles are counted, and when its cores called and answered each other. */
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { Simulator } from 'rp2040js';
import { Cores } from '../../dist/host/devices/rp2040-cores.js';
import { chipLines } from '../../dist/host/devices/rp2040-line.js';

const RAM = 0x2000_0000;
const NANOSECONDS_PER_CYCLE = 8;
/** The second boot stage, and where the boot ROM puts it. */
const STAGE_BYTES = 256;
const STAGE_AT = 0x2004_1f00;
/** Cycles between looks at the line: what marks are exact to. */
const SLICE = 500;
/** Slices between looks at the event loop. */
const SLICES = 400;
/** An instruction that wakes the other core, as the emulator logs it. */
const SEND_EVENT = 'SEV';

export class Chip extends Duplex {
  /** Cycles in which a core was awake. */
  cycles = 0;
  /** Bytes that passed on the line, to the chip and from it. */
  bytes = 0;
  /** The cycles at which a core called the other to a job, or answered. */
  signals = [];
  #simulator = new Simulator();
  #cores;
  #line;
  #incoming = [];
  #scheduled = false;

  /**
   * @param image path of the flash's contents
   * @param line `uart` or `usb`
   */
  constructor(image, line) {
    super();
    const flash = readFileSync(image);
    const chip = this.#simulator.rp2040;
    chip.flash.set(flash);
    chip.sram.set(flash.subarray(0, STAGE_BYTES), STAGE_AT - RAM);
    chip.core.SP = STAGE_AT;
    chip.core.LR = 0;
    chip.core.PC = STAGE_AT;
    this.#line = chipLines[line](chip, (answer) => {
      const bytes = Uint8Array.from(answer);
      this.bytes += bytes.length;
      this.push(bytes);
    });
    this.#cores = new Cores(chip);
    const { info } = chip.logger;
    chip.logger.info = (component, message) => {
      if (message === SEND_EVENT) this.signals.push(this.cycles);
      info(component, message);
    };
    this.#schedule();
  }

  _read() {}

  _write(bytes, _, done) {
    this.#incoming.push({ bytes, done });
    this.#schedule();
  }

  #schedule() {
    if (this.#scheduled || this.destroyed) return;
    this.#scheduled = true;
    setImmediate(() => this.#run());
  }

  #run() {
    this.#scheduled = false;
    for (let slice = 0; slice < SLICES; slice++) if (this.#sleepsAfterSlice()) return;
    this.#schedule();
  }

  #sleepsAfterSlice() {
    const { clock, rp2040 } = this.#simulator;
    const cycles = this.#cores.run(SLICE);
    this.cycles += cycles;
    clock.tick(cycles * NANOSECONDS_PER_CYCLE);
    // Cores that sleep let no time pass, unless the line's other end takes some.
    if (this.#cores.areAsleep && !this.#line.isUp) clock.tick(clock.nanosToNextAlarm);
    this.#feed();
    // Transfers that take no time.
    clock.tick(0);
    if (rp2040.core.waiting && rp2040.core.checkForInterrupts()) rp2040.core.waiting = false;
    return this.#cores.areAsleep && this.#line.isUp && this.#incoming.length === 0;
  }

  #feed() {
    while (this.#incoming.length > 0) {
      const [next] = this.#incoming;
      const fed = this.#line.feed(next.bytes);
      this.bytes += fed;
      next.bytes = next.bytes.subarray(fed);
      if (next.bytes.length > 0) return;
      this.#incoming.shift();
      next.done();
    }
  }
}
