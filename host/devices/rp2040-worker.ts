/** An emulated RP2040 with one of its lines at the other end of a message port. */
import { setImmediate } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';
import type { Rp2040Machine } from './rp2040.js';
import { Rp2040Chip } from './rp2040-chip.js';
import type { WorkerProgress } from './worker-port.js';

/** Slices between looks at the message port. */
const SLICES = 400;

const port = parentPort;
if (!port) throw new Error('the emulated RP2040 runs in a worker');
const { flash, line } = workerData as Rp2040Machine;

let answers: number[] = [];
const chip = new Rp2040Chip(flash, line, (bytes) => answers.push(...bytes));
/** Bytes that the chip had taken when it was last told of. */
let told = 0;
let scheduled = false;

function tell(): void {
  const taken = chip.taken - told;
  if (taken === 0 && answers.length === 0) return;
  const progress: WorkerProgress = { taken, answers: Uint8Array.from(answers), cycles: chip.cycles };
  told = chip.taken;
  answers = [];
  port?.postMessage(progress);
}

function run(): void {
  scheduled = false;
  let asleep = false;
  for (let slice = 0; slice < SLICES && !asleep; slice++) asleep = chip.runSlice();
  tell();
  if (!asleep) schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(run);
}

port.on('message', (bytes: Uint8Array) => {
  chip.feed(bytes);
  schedule();
});
port.postMessage({ taken: 0 } satisfies WorkerProgress);
schedule();
