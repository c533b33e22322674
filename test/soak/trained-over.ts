/** Training runs behind a bad line, and what befell them. */
import type { DeviceLine } from '#host/devices/index';
import { FaultProxy } from '../faults/proxy.js';
import { faultsEvery } from '../faults/spoiler.js';
import { begin, type RunPlan } from '../runs/runs.js';
import { smallRecipe } from '../runs/small-data.js';

export const SEED = Number(process.env.EQPROP_SEED ?? 1);
export const MINUTE = 60_000;
/** Bytes from one fault to the next, either way: about every seventh frame is hit. */
const EVERY = 400;

/** Few iterations: it is the line that is put to the test. */
export function soakRecipe(images: number, epochs: number) {
  return smallRecipe({ training: `0..${images}`, epochs, 'free-iterations': 4, 'nudged-iterations': 2 });
}

export interface BadLine {
  readonly device: () => Promise<DeviceLine>;
  readonly seed: number;
  /** Bytes from one reset to the next, and from one cut connection to the next, on average. */
  readonly cutEvery: number;
  /** Milliseconds from one word on the progress to the next. */
  readonly interval: number;
}

export async function trainOver(plan: RunPlan, { device, seed, cutEvery, interval }: BadLine) {
  const faults = faultsEvery(EVERY);
  const cuts = { resetEvery: cutEvery, disconnectEvery: cutEvery };
  const proxy = await FaultProxy.start({ device, seed, toDevice: faults, fromDevice: faults, ...cuts });
  const progress = setInterval(() => console.log(`seed ${seed}: ${proxy.faults} faults`), interval);
  try {
    const choice = { device: proxy.spec, options: { baudRate: 115_200 }, patience: 60_000 };
    const { result, losses } = await begin({ ...plan, device: choice });
    return { seed, result, losses, counts: proxy.counts, faults: proxy.faults, bytes: proxy.bytes };
  } finally {
    clearInterval(progress);
    await proxy.end();
  }
}
