/** The runs of Table 2 and Figure 5: one network after another, beside each its yardstick. */
import { loadDataset } from '../data/index.js';
import type { RunEvents } from '../runs/index.js';
import type { ReproductionFolder } from './folder.js';
import { presetOf, recipeOfNetwork } from './plan.js';
import { isRunFinished, type RunConditions, runOnce } from './run-once.js';
import { trainYardstick } from './yardstick.js';

export interface ReproductionEvents extends RunEvents {
  /** Before a run; `skipped` where it was finished before. */
  onRun(title: string, skipped: boolean): void;
}

/**
 * Trains the networks that are not finished. Rejects with `UserError`; what was reached is kept.
 * @param numbers of the folder's networks; all of them if empty
 * @param shadowed networks that begin with the float64 reference training beside them: hours for the deeper ones
 * @returns false if it was interrupted
 */
export async function runNetworks(
  folder: ReproductionFolder,
  numbers: readonly number[],
  shadowed: readonly number[],
  conditions: RunConditions,
  events: ReproductionEvents,
  signal: AbortSignal,
): Promise<boolean> {
  const dataset = await loadDataset(folder.settings.data);
  const chosen = folder.networks.filter(({ number }) => numbers.length === 0 || numbers.includes(number));
  for (const planned of chosen) {
    const { number, epochs } = planned;
    const recipe = recipeOfNetwork(folder.settings, planned);
    const path = folder.runOf(number);
    events.onRun(`network ${number}, ${recipe.network}, ${epochs} epochs`, isRunFinished(path, recipe));
    await together(signal, [
      (either) => {
        const run = {
          path,
          preset: presetOf(folder.settings.relaxation, number),
          recipe,
          data: folder.settings.data,
        };
        return runOnce({ ...run, shadow: shadowed.includes(number) }, conditions, events, either);
      },
      (either) => trainYardstick(folder.yardstickOf(number), recipe, dataset, either),
    ]);
    if (signal.aborted) return false;
  }
  return true;
}

/** Where one fails, the others are interrupted; rejects when all have ended. */
async function together(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const ended = await Promise.allSettled(
    works.map((work) =>
      work(either).catch((error) => {
        failure.abort();
        throw error;
      }),
    ),
  );
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
