/**
 * Two cores of an emulated RP2040. rp2040js runs one; its like, over the same chip, is the second, which has its boot ROM's
 * manners: it begins where six words tell it to (RP2040 datasheet, 2.8.2).
 */
import type { RP2040 } from 'rp2040js';

type Core = RP2040['core'];

/** The FIFOs between the cores in SIO, as the first one sees them (RP2040 datasheet, 2.3.1.4). */
const FIFO_ST = 0x50;
const FIFO_WR = 0x54;
const FIFO_RD = 0x58;
const VALID = 1;
const READY = 2;

const HARD_FAULT = 3;
/** The emulator only logs a bus fault or an unknown instruction. */
const FAULT = /invalid memory|undefined address|not 32 bit aligned|not implemented yet/i;
/** An instruction that wakes both cores; it does nothing but log it. */
const SEND_EVENT = 'SEV';

export class Cores {
  readonly #first: Core;
  readonly #second: Core;
  #isFaulty = false;
  /** Words that the second core's boot ROM has heard, in the order that it expects. */
  #heard: number[] = [];
  readonly #answers: number[] = [];
  #hasBegun = false;

  /** @param chip taken over: its SIO and its logger are changed */
  constructor(chip: RP2040) {
    this.#first = chip.core;
    this.#second = new (chip.core.constructor as new (chip: RP2040) => Core)(chip);
    this.#second.waiting = true;
    const { sio } = chip;
    const read = sio.readUint32.bind(sio);
    const write = sio.writeUint32.bind(sio);
    sio.readUint32 = (offset) => {
      if (offset === FIFO_ST) return READY | (this.#answers.length > 0 ? VALID : 0);
      return offset === FIFO_RD ? (this.#answers.shift() ?? 0) : read(offset);
    };
    sio.writeUint32 = (offset, value) =>
      offset === FIFO_WR ? this.#tellRom(value >>> 0) : write(offset, value);
    const listen = (_: string, message: string) => {
      if (message === SEND_EVENT) this.#sendEvent();
      else if (FAULT.test(message)) this.#isFaulty = true;
    };
    chip.logger = { debug: () => undefined, info: listen, warn: listen, error: listen };
  }

  get areAsleep(): boolean {
    return this.#first.waiting && this.#second.waiting;
  }

  /** Runs both for so many cycles, or until both sleep. Returns how many it were. */
  run(cycles: number): number {
    const first = this.#first;
    const second = this.#second;
    let [ofFirst, ofSecond] = [0, 0];
    while (!this.areAsleep && Math.min(ofFirst, ofSecond) < cycles) {
      // Time passes for who sleeps as for who does not.
      if (first.waiting) ofFirst = ofSecond += this.#step(second);
      else if (second.waiting) ofSecond = ofFirst += this.#step(first);
      else if (ofFirst <= ofSecond) ofFirst += this.#step(first);
      else ofSecond += this.#step(second);
    }
    return Math.max(ofFirst, ofSecond);
  }

  #step(core: Core): number {
    const cycles = core.executeInstruction();
    if (this.#isFaulty) {
      this.#isFaulty = false;
      core.exceptionEntry(HARD_FAULT);
    }
    return cycles;
  }

  #sendEvent(): void {
    for (const core of this.#hasBegun ? [this.#first, this.#second] : [this.#first]) {
      core.eventRegistered = !core.waiting;
      core.waiting = false;
    }
  }

  /** The boot ROM gives every word back, and begins anew where one is not what it expects. */
  #tellRom(word: number): void {
    if (this.#hasBegun) return;
    const expected = [0, 0, 1][this.#heard.length];
    this.#heard = expected === undefined || word === expected ? [...this.#heard, word] : [];
    this.#answers.push(word);
    if (this.#heard.length < 6) return;
    const [, , , vectors, stack, entry] = this.#heard;
    this.#hasBegun = true;
    const core = this.#second;
    core.VTOR = vectors;
    core.SP = stack;
    core.PC = entry & ~1;
    core.waiting = false;
  }
}
