/** An RP2040 that runs a flash image, as its boot ROM would start it, a slice of its time after the other. */
import { type RP2040, Simulator } from 'rp2040js';
import { Cores } from './rp2040-cores.js';
import { type ChipLine, type ChipLineName, chipLines } from './rp2040-line.js';

const RAM = 0x2000_0000;
const NANOSECONDS_PER_CYCLE = 8;
/** The second boot stage, and where the boot ROM puts it. */
const STAGE_BYTES = 256;
const STAGE_AT = 0x2004_1f00;
const WATCHDOG = 0x40058;
/** Cycles between looks at the line and the timers. */
const SLICE = 500;

/** Members of the watchdog that rp2040js does not name. */
interface Watchdog {
  reason: number;
  readonly scratchData: Uint32Array;
  readonly timer: { enable: boolean };
  onWatchdogTrigger: () => void;
}

export class Rp2040Chip {
  /** Cycles in which a core was awake. */
  cycles = 0;
  /** Bytes that the chip has taken from its line. */
  taken = 0;
  #simulator!: Simulator;
  #cores!: Cores;
  #line!: ChipLine;
  /** Bytes for the chip, from `#position` of the first chunk on. */
  readonly #incoming: Uint8Array[] = [];
  #position = 0;

  /**
   * @param flash contents of the flash, its first boot stage first
   * @param answer gets the bytes that it sends
   */
  constructor(
    private readonly flash: Uint8Array,
    private readonly lineName: ChipLineName,
    private readonly answer: (bytes: Iterable<number>) => void,
  ) {
    this.#powerUp();
  }

  /** The emulator's chip; another one after its watchdog has struck. */
  get rp2040(): RP2040 {
    return this.#simulator.rp2040;
  }

  /** Bytes wait on the line until the chip takes them. */
  feed(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#incoming.push(bytes);
  }

  /** Returns whether the cores sleep and nothing is there to wake one. */
  runSlice(): boolean {
    const running = this.#simulator;
    const { clock, rp2040 } = running;
    const { core } = rp2040;
    const cycles = this.#cores.run(SLICE);
    this.cycles += cycles;
    clock.tick(cycles * NANOSECONDS_PER_CYCLE);
    if (this.#simulator !== running) return false;
    const line = this.#line;
    // Cores that sleep let no time pass, unless the line's other end takes some.
    if (this.#cores.areAsleep && !line.isUp) clock.tick(clock.nanosToNextAlarm);
    for (let count = 1; this.#incoming.length > 0 && count > 0; ) {
      const [chunk] = this.#incoming;
      count = line.feed(chunk.subarray(this.#position));
      this.#position += count;
      this.taken += count;
      if (this.#position < chunk.length) continue;
      this.#incoming.shift();
      this.#position = 0;
    }
    // Transfers that take no time.
    clock.tick(0);
    // Interrupts that came meanwhile are taken by the next instruction.
    if (core.waiting && core.checkForInterrupts()) core.waiting = false;
    return this.#cores.areAsleep && line.isUp && this.#incoming.length === 0;
  }

  /** The boot ROM has found a good boot stage. After its watchdog has struck, a chip keeps what is in its RAM. */
  #powerUp(ram?: Uint8Array, before?: Watchdog): void {
    const { flash } = this;
    const simulator = new Simulator();
    const next = simulator.rp2040;
    next.flash.set(flash);
    if (ram) next.sram.set(ram);
    next.sram.set(flash.subarray(0, STAGE_BYTES), STAGE_AT - RAM);
    next.core.SP = STAGE_AT;
    next.core.LR = 0;
    next.core.PC = STAGE_AT;
    this.#line = chipLines[this.lineName](next, this.answer);
    const watchdog = next.peripherals[WATCHDOG] as unknown as Watchdog;
    if (before) {
      watchdog.reason = before.reason;
      watchdog.scratchData.set(before.scratchData);
    }
    watchdog.onWatchdogTrigger = () => {
      // Else it would strike again at once, for ever: it is due.
      watchdog.timer.enable = false;
      this.#powerUp(next.sram, watchdog);
    };
    this.#cores = new Cores(next);
    this.#simulator = simulator;
  }
}
