/** A data set small enough to train on in a second: four kinds of 6 × 6 images, a bright quarter each, in noise. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recipe } from '#host/model/index';
import { checkRecipe, randomKey, randomWord } from '#host/model/index';
import { idxBytes } from '../data/idx-bytes.js';

export const SIDE = 6;
export const CLASSES = 4;
export const TRAINING = 300;
export const TEST = 100;

const STREAM = 9;
const BRIGHT = 90;
const NOISE = 166;

function samples(count: number, set: number, side: number): { images: Uint8Array; labels: Uint8Array } {
  const key = randomKey(20_160, STREAM, set);
  const pixels = side * side;
  const labels = Uint8Array.from({ length: count }, (_, n) => (randomWord(key, n) >>> 0) % CLASSES);
  const images = Uint8Array.from({ length: count * pixels }, (_, i) => {
    const pixel = i % pixels;
    const right = pixel % side >= side / 2 ? 1 : 0;
    const lower = pixel >= pixels / 2 ? 2 : 0;
    const noise = (randomWord(key, count + i) >>> 0) % NOISE;
    return noise + (labels[Math.floor(i / pixels)] === right + lower ? BRIGHT : 0);
  });
  return { images, labels };
}

/** Writes the four files into a folder, with so many training images, `side` pixels a side. */
export function writeSmallData(folder: string, training = TRAINING, side = SIDE): void {
  const sets = [
    ['train', training],
    ['t10k', TEST],
  ] as const;
  sets.forEach(([name, count], set) => {
    const { images, labels } = samples(count, set, side);
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), idxBytes([count, side, side], images));
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), idxBytes([count], labels));
  });
}

/** A temporary folder; `remove` it when done. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'eqprop-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** 36-24-4 over two epochs of 19 minibatches, the last one cut short. */
export const smallValues = {
  network: '36-24-4',
  'initial-scale': 0.5,
  'free-iterations': 12,
  'nudged-iterations': 6,
  beta: 0.3,
  rates: [0.2, 0.1],
  epochs: 2,
  minibatch: 16,
  training: `0..${TRAINING}`,
} as const;

export function smallRecipe(changes: Readonly<Record<string, unknown>> = {}): Recipe {
  return checkRecipe({ ...smallValues, ...changes }, 'small recipe');
}
