/** An RP2040 that runs a flash image, as its boot ROM would start it, with one of its lines at the other end of a message port. */
import { setImmediate } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';
import { Simulator } from 'rp2040js';
import type { Rp2040Machine } from './rp2040.js';
import { Cores } from './rp2040-cores.js';
import { type ChipLine, chipLines } from './rp2040-line.js';
import type { WorkerProgress } from './worker-port.js';

const RAM = 0x2000_0000;
const NANOSECONDS_PER_CYCLE = 8;
/** The second boot stage, and where the boot ROM puts it. */
const STAGE_BYTES = 256;
const STAGE_AT = 0x2004_1f00;
const WATCHDOG = 0x40058;
/** Cycles between looks at the line and the timers. */
const SLICE = 500;
/** Slices between looks at the message port. */
const SLICES = 400;

const port = parentPort;
if (!port) throw new Error('the emulated RP2040 runs in a worker');
const machine = workerData as Rp2040Machine;
const { flash } = machine;

let line: ChipLine;
let cores: Cores;
let chip = powerUp();
/** Bytes for the chip, from `position` of the first chunk on. */
const incoming: Uint8Array[] = [];
let position = 0;
let taken = 0;
let answers: number[] = [];
let total = 0;
let scheduled = false;

/** Members of the watchdog that rp2040js does not name. */
interface Watchdog {
  reason: number;
  readonly scratchData: Uint32Array;
  readonly timer: { enable: boolean };
  onWatchdogTrigger: () => void;
}

/** A chip whose boot ROM has found a good boot stage, and its clock. */
function powerUp(ram?: Uint8Array, before?: Watchdog): Simulator {
  const simulator = new Simulator();
  const next = simulator.rp2040;
  next.flash.set(flash);
  if (ram) next.sram.set(ram);
  next.sram.set(flash.subarray(0, STAGE_BYTES), STAGE_AT - RAM);
  next.core.SP = STAGE_AT;
  next.core.LR = 0;
  next.core.PC = STAGE_AT;
  line = chipLines[machine.line](next, (bytes) => answers.push(...bytes));
  const watchdog = next.peripherals[WATCHDOG] as unknown as Watchdog;
  if (before) {
    watchdog.reason = before.reason;
    watchdog.scratchData.set(before.scratchData);
  }
  watchdog.onWatchdogTrigger = () => {
    // Else it would strike again at once, for ever: it is due.
    watchdog.timer.enable = false;
    chip = powerUp(next.sram, watchdog);
  };
  cores = new Cores(next);
  return simulator;
}

/** Runs one slice. Returns whether the cores sleep and nothing is there to wake one. */
function runSlice(): boolean {
  const running = chip;
  const { clock, rp2040 } = running;
  const { core } = rp2040;
  const cycles = cores.run(SLICE);
  total += cycles;
  clock.tick(cycles * NANOSECONDS_PER_CYCLE);
  if (chip !== running) return false;
  // Cores that sleep let no time pass, unless the line's other end takes some.
  if (cores.areAsleep && !line.isUp) clock.tick(clock.nanosToNextAlarm);
  for (let count = 1; incoming.length > 0 && count > 0; ) {
    const [chunk] = incoming;
    count = line.feed(chunk.subarray(position));
    position += count;
    taken += count;
    if (position < chunk.length) continue;
    incoming.shift();
    position = 0;
  }
  // Transfers that take no time.
  clock.tick(0);
  // Interrupts that came meanwhile are taken by the next instruction.
  if (core.waiting && core.checkForInterrupts()) core.waiting = false;
  return cores.areAsleep && line.isUp && incoming.length === 0;
}

function tell(): void {
  if (taken === 0 && answers.length === 0) return;
  const progress: WorkerProgress = { taken, answers: Uint8Array.from(answers), cycles: total };
  taken = 0;
  answers = [];
  port?.postMessage(progress);
}

function run(): void {
  scheduled = false;
  let asleep = false;
  for (let slice = 0; slice < SLICES && !asleep; slice++) asleep = runSlice();
  tell();
  if (!asleep) schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(run);
}

port.on('message', (bytes: Uint8Array) => {
  if (bytes.length > 0) incoming.push(bytes);
  schedule();
});
port.postMessage({ taken: 0 } satisfies WorkerProgress);
schedule();
