/** Trains the backpropagation yardstick in a thread of its own; every epoch is saved, and not trained again. */
import * as v from 'valibot';
import type { Dataset } from '../../data/index.js';
import { makeFolder, writing } from '../../files/index.js';
import { UserError, WorkerQueue } from '../../ground/index.js';
import type { Recipe } from '../../model/index.js';
import { graphOf } from '../../model/index.js';
import {
  hasCheckpoint,
  loadCheckpoint,
  namedArrays,
  SavedArrays,
  saveCheckpoint,
  savedState,
} from '../../records/index.js';
import type { YardstickEpoch, YardstickOptions, YardstickTask } from './backpropagation-worker.js';

export type YardstickRecord = Omit<YardstickEpoch, 'parameters'>;

/** The rate of all weights and biases; not tuned. */
export const YARDSTICK_RATE = 0.1;
/** At most: in float64 the third network's 500 epochs would take a day. */
export const YARDSTICK_EPOCHS = 30;

const record: v.GenericSchema<unknown, YardstickRecord> = v.object({
  epoch: v.number(),
  trainingError: v.number(),
  validationError: v.number(),
  testError: v.exactOptional(v.number()),
});
const stateSchema = v.object({ epochs: v.array(record) });

function recordsOf(state: unknown, path: string): readonly YardstickRecord[] {
  const hint = 'take its folder away: it is trained anew';
  return savedState(state, stateSchema, path, 'yardstick', hint).epochs;
}

/** Reads the epochs trained so far. */
export function yardstickEpochs(folder: string): readonly YardstickRecord[] {
  return hasCheckpoint(folder)
    ? loadCheckpoint(folder, ({ state }, path) => recordsOf(state, path)).checkpoint
    : [];
}

/** Trains to the end of the recipe, or until aborted: then it goes on behind the last whole epoch. Rejects with `UserError` where it cannot. */
export async function trainYardstick(
  folder: string,
  recipe: Recipe,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<void> {
  requireDense(recipe);
  const wanted = Math.min(recipe.epochs, YARDSTICK_EPOCHS);
  const saved = hasCheckpoint(folder) ? loadYardstick(folder, recipe) : undefined;
  let epochs = saved?.epochs ?? [];
  if (epochs.length >= wanted || signal.aborted) return;
  writing(folder, () => makeFolder(folder));
  const options: YardstickOptions = {
    recipe,
    rate: YARDSTICK_RATE,
    dataset,
    ...(saved && { parameters: saved.parameters }),
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
      saveCheckpoint(folder, { state: { epochs }, arrays: namedArrays(parameters) });
    }
  } finally {
    await thread.close();
  }
}

/** Backpropagation is of chains of whole matrices alone. */
function requireDense(recipe: Recipe): void {
  graphOf(recipe).connections.forEach(({ kind, pre, post }, k) => {
    if (kind !== 'dense' || pre !== k || post !== k + 1)
      throw new UserError(
        `the yardstick of backpropagation beside ${recipe.network}: connection ${k + 1} is a ${kind} one from layer ${pre} to ${post}`,
        'it is trained beside chains of dense layers, such as 784-500-10',
      );
  });
}

function loadYardstick(folder: string, recipe: Recipe) {
  return loadCheckpoint(folder, ({ state, arrays }, path) => ({
    epochs: recordsOf(state, path),
    parameters: new SavedArrays(arrays, graphOf(recipe), path).realParameters(),
  })).checkpoint;
}
