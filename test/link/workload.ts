/** Requests as a training run makes them, on a tiny network, and what they came to. */
import type { Endpoint } from '#host/endpoint/index';
import { mix32, randomWord } from '#host/model/index';
import { Nudging, packImage, type RequestOf, Tensor } from '#host/wire/index';
import { chainRecords } from '../kernel/chain.js';

const BATCH = 4;
export const PIXELS = 16;

export const network = {
  seed: 11,
  epsilon: 2048,
  nudge: 2048,
  freeIterations: 6,
  nudgedIterations: 3,
  batch: BATCH,
  stateFraction: 14,
  relaxation: 0,
  rounding: 0,
  options: 0,
  inputScale: 4,
  shift: 0,
  ...chainRecords([PIXELS, 8, 4]),
} as const satisfies RequestOf<'configure'>;

/** Its requests for weights are as long as frames can be. */
export const wide = { ...network, ...chainRecords([64, 64, 4]) } as const;

export const weights = { offset: 0, index: 0, tensor: Tensor.weights, padding: 0 } as const;
export const limits = [1 << 23, 1 << 23] as const;
/** A gain of 2⁻³ everywhere, no decay. */
const GAIN = 0x00138000;
const RATES = [GAIN, GAIN, 0, 0, GAIN, GAIN] as const;

export function trainAt(step: number): RequestOf<'train'> {
  return { step, samples: BATCH, nudging: Nudging.centered, rates: RATES };
}

export function sampleAt(seed: number, step: number, slot: number): RequestOf<'sample'> {
  const key = mix32(mix32(seed) + step * BATCH + slot);
  const pixels = Uint8Array.from({ length: PIXELS }, (_, i) => Math.max(0, randomWord(key, i) >> 23));
  return { slot, label: slot, image: packImage(pixels) };
}

export async function stage(endpoint: Endpoint, seed = 0, step = 0): Promise<void> {
  for (let slot = 0; slot < BATCH; slot++) await endpoint.post('sample', sampleAt(seed, step, slot));
}

export async function prepare(endpoint: Endpoint): Promise<void> {
  await endpoint.request('configure', network);
  await endpoint.request('initialise', { limits });
}

/** Runs `steps` minibatches and much else, several requests under way at a time. Returns every outcome in order. */
export async function runWorkload(endpoint: Endpoint, seed: number, steps: number): Promise<unknown[]> {
  const outcomes: Promise<unknown>[] = [];
  const note = (reply: Promise<unknown>) => {
    outcomes.push(reply.catch((error: Error) => error.message));
  };
  note(endpoint.request('configure', network));
  note(endpoint.request('initialise', { limits }));
  for (let step = 0; step < steps; step++) {
    const draw = randomWord(mix32(seed), step) >>> 0;
    await stage(endpoint, seed, step);
    // Refusals among the rest: they must come once, in their place.
    if (draw % 5 === 0) note(endpoint.request('train', trainAt(step + 1)));
    if (draw % 7 === 0) {
      await endpoint.post('sample', { slot: BATCH + (draw % 3), label: 0, image: new Uint8Array(0) });
      note(endpoint.request('read', { ...weights, count: 1 }));
    }
    note(endpoint.request('train', trainAt(step)));
    note(endpoint.request('read', { ...weights, count: 1 + (draw % (PIXELS * 8)) }));
    if (draw % 3 === 0) {
      await stage(endpoint, seed + 1, step);
      note(endpoint.request('evaluate', { iterations: 5, samples: BATCH }));
    }
  }
  note(endpoint.request('read', { ...weights, count: PIXELS * 8 }));
  return Promise.all(outcomes);
}
