/** Trains the backpropagation yardstick in a thread of its own; every epoch is saved, and not trained again. */
import { mkdirSync } from 'node:fs';
import type { Dataset } from '../data/dataset.js';
import { WorkerQueue } from '../kernel/worker-queue.js';
import type { Recipe } from '../model/recipe.js';
import {
  type CheckpointArray,
  hasCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from '../training/checkpoint.js';
import type { RealParameters } from '../verification/reference-worker.js';
import type { YardstickEpoch, YardstickOptions, YardstickTask } from './backpropagation-worker.js';

export type YardstickRecord = Omit<YardstickEpoch, 'parameters'>;

/** Of all weights and biases; not tuned. */
export const YARDSTICK_RATE = 0.1;
/** At most: in float64 the third network's 500 epochs would take a day. */
export const YARDSTICK_EPOCHS = 30;

interface YardstickState {
  readonly epochs: readonly YardstickRecord[];
}

/** What has been trained so far. */
export function yardstickEpochs(folder: string): readonly YardstickRecord[] {
  return hasCheckpoint(folder) ? (loadCheckpoint(folder).checkpoint.state as YardstickState).epochs : [];
}

/** Trains to the end of the recipe, or until aborted: then it goes on behind the last whole epoch. */
export async function trainYardstick(
  folder: string,
  recipe: Recipe,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<void> {
  const wanted = Math.min(recipe.epochs, YARDSTICK_EPOCHS);
  let epochs = yardstickEpochs(folder);
  if (epochs.length >= wanted || signal.aborted) return;
  mkdirSync(folder, { recursive: true });
  const options: YardstickOptions = {
    recipe,
    rate: YARDSTICK_RATE,
    dataset,
    ...(epochs.length > 0 && { parameters: parametersOf(loadCheckpoint(folder).checkpoint.arrays) }),
  };
  const script = new URL('./backpropagation-worker.js', import.meta.url);
  const thread = new WorkerQueue<YardstickTask, YardstickEpoch>('backpropagation', script, options);
  const interrupted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    while (epochs.length < wanted) {
      const trained = await Promise.race([
        thread.ask({ epoch: epochs.length, isLast: epochs.length + 1 === wanted }),
        interrupted,
      ]);
      if (!trained) return;
      const { parameters, ...record } = trained;
      epochs = [...epochs, record];
      saveCheckpoint(folder, { state: { epochs }, arrays: arraysOf(parameters) });
    }
  } finally {
    await thread.close();
  }
}

function arraysOf({ weights, biases }: RealParameters): Record<string, CheckpointArray> {
  return Object.fromEntries(
    weights.flatMap((matrix, k) => [
      [`weights ${k}`, matrix],
      [`biases ${k}`, biases[k]],
    ]),
  );
}

function parametersOf(arrays: Readonly<Record<string, CheckpointArray>>): RealParameters {
  const count = Object.keys(arrays).length / 2;
  const range = Array.from({ length: count }, (_, k) => k);
  return {
    weights: range.map((k) => arrays[`weights ${k}`] as Float64Array),
    biases: range.map((k) => arrays[`biases ${k}`] as Float64Array),
  };
}
