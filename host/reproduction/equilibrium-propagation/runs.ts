/** The runs of Table 2 and Figure 5: one network after another, beside each its yardstick. */
import { loadDataset } from '../../data/index.js';
import { runConcurrently } from '../../experiments/index.js';
import type { ReproductionEvents, RunConditions } from '../conditions.js';
import { type OneRun, runOnce } from '../run-once.js';
import type { ReproductionFolder } from './folder.js';
import { type PlannedNetwork, presetOf, recipeOfNetwork } from './plan.js';
import { trainYardstick } from './yardstick.js';

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
    const run = networkRun(folder, planned, shadowed);
    const works = [
      (either: AbortSignal) => runOnce(folder, run, conditions, events, either),
      (either: AbortSignal) =>
        trainYardstick(folder.yardstickOf(planned.number), run.recipe, dataset, either),
    ];
    await runConcurrently(works, works.length, signal, (work, either) => work(either));
    if (signal.aborted) return false;
  }
  return true;
}

/** The runs of all of the folder's networks; parameters as `runNetworks` has them. */
export function networkRuns(folder: ReproductionFolder, shadowed: readonly number[]): readonly OneRun[] {
  return folder.networks.map((planned) => networkRun(folder, planned, shadowed));
}

function networkRun(
  folder: ReproductionFolder,
  planned: PlannedNetwork,
  shadowed: readonly number[],
): OneRun {
  const { number } = planned;
  const recipe = recipeOfNetwork(folder.settings, planned);
  return {
    title: `network ${number}, ${recipe.network}`,
    path: folder.runOf(number),
    preset: presetOf(folder.settings.relaxation, number),
    recipe,
    shadow: shadowed.includes(number),
    data: folder.settings.data,
  };
}
