/** An emulated Pico in this thread, whose cycles are counted, and when its cores called and answered each other. */
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { Rp2040Chip } from '../../dist/host/devices/rp2040-chip.js';

/** Slices between looks at the event loop. */
const SLICES = 400;
/** An instruction that wakes the other core, as the emulator logs it. */
const SEND_EVENT = 'SEV';

export class Chip extends Duplex {
  /** The cycles at which a core called the other to a job, or answered, exact to a slice. */
  signals = [];
  #chip;
  #answered = 0;
  /** Called when the chip has taken all that was written. */
  #done;
  #written = 0;
  #scheduled = false;

  /**
   * @param image path of the flash's contents
   * @param line `uart` or `usb`
   */
  constructor(image, line) {
    super();
    this.#chip = new Rp2040Chip(readFileSync(image), line, (answer) => {
      const bytes = Uint8Array.from(answer);
      this.#answered += bytes.length;
      this.push(bytes);
    });
    const { logger } = this.#chip.rp2040;
    const { info } = logger;
    logger.info = (component, message) => {
      if (message === SEND_EVENT) this.signals.push(this.cycles);
      info(component, message);
    };
    this.#schedule();
  }

  /** Cycles in which a core was awake. */
  get cycles() {
    return this.#chip.cycles;
  }

  /** Bytes that passed on the line, to the chip and from it. */
  get bytes() {
    return this.#chip.taken + this.#answered;
  }

  _read() {}

  _write(bytes, _, done) {
    this.#written += bytes.length;
    this.#done = done;
    this.#chip.feed(bytes);
    this.#schedule();
  }

  #schedule() {
    if (this.#scheduled || this.destroyed) return;
    this.#scheduled = true;
    setImmediate(() => this.#run());
  }

  #run() {
    this.#scheduled = false;
    for (let slice = 0; slice < SLICES; slice++) {
      const isAsleep = this.#chip.runSlice();
      this.#accept();
      if (isAsleep && !this.#done) return;
    }
    this.#schedule();
  }

  #accept() {
    if (!this.#done || this.#chip.taken < this.#written) return;
    const done = this.#done;
    this.#done = undefined;
    done();
  }
}
