/** The runs of a reproduction: one after another, none twice. */
import { loadDataset } from '../data/dataset.js';
import type { DeviceChoice } from '../training/bench.js';
import { hasCheckpoint } from '../training/checkpoint.js';
import { type RunEvents, type RunOptions, resumeRun, startRun } from '../training/run.js';
import { RunFolder } from '../training/run-folder.js';
import { writeRunReport } from '../training/run-report.js';
import type { VerificationLevel } from '../verification/level.js';
import type { ReproductionFolder } from './folder.js';
import type { NetworkNumber } from './paper.js';
import { type PlannedNetwork, presetOf, recipeOfNetwork } from './plan.js';
import { trainYardstick } from './yardstick.js';

export interface ReproductionOptions {
  readonly device: DeviceChoice;
  /** Milliseconds. */
  readonly checkpointInterval: number;
  readonly verification: VerificationLevel;
  /** Networks to train now; all of the folder's if absent. */
  readonly numbers?: readonly number[];
}

export interface ReproductionEvents extends RunEvents {
  /** Before a network's run; `skipped` where it was finished before. */
  onNetwork(planned: PlannedNetwork, skipped: boolean): void;
}

/**
 * Trains the networks that are not finished, and beside each one its yardstick. Rejects with `UserError`; what was
 * reached is kept.
 * @returns false if it was interrupted
 */
export async function runNetworks(
  folder: ReproductionFolder,
  options: ReproductionOptions,
  events: ReproductionEvents,
  signal: AbortSignal,
): Promise<boolean> {
  const dataset = await loadDataset(folder.settings.data);
  const { numbers } = options;
  for (const planned of folder.networks) {
    if (numbers && numbers.length > 0 && !numbers.includes(planned.number)) continue;
    const recipe = recipeOfNetwork(folder.settings, planned);
    const isFinished = isRunFinished(folder.runOf(planned.number));
    events.onNetwork(planned, isFinished);
    const failure = new AbortController();
    const either = AbortSignal.any([signal, failure.signal]);
    const work = [
      isFinished ? undefined : trainNetwork(folder, planned, options, events, either),
      trainYardstick(folder.yardstickOf(planned.number), recipe, dataset, either),
    ].map((one) =>
      Promise.resolve(one).catch((error) => {
        failure.abort();
        throw error;
      }),
    );
    const ended = await Promise.allSettled(work);
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    if (signal.aborted) return false;
  }
  return true;
}

export function isRunFinished(path: string): boolean {
  return new RunFolder(path).metrics().some(({ kind }) => kind === 'final');
}

/** Float64 takes hours for the deeper networks. */
function isShadowed(number: NetworkNumber): boolean {
  return number === 1;
}

async function trainNetwork(
  folder: ReproductionFolder,
  planned: PlannedNetwork,
  { device, checkpointInterval, verification }: ReproductionOptions,
  events: RunEvents,
  signal: AbortSignal,
): Promise<void> {
  const path = folder.runOf(planned.number);
  const { data } = folder.settings;
  const options: RunOptions = {
    recipe: recipeOfNetwork(folder.settings, planned),
    preset: presetOf(planned.number),
    ...(data !== undefined && { data }),
    device,
    folder: path,
    shadow: isShadowed(planned.number),
    compareEvery: 0,
    checkpointInterval,
    verification,
  };
  const result = await (hasCheckpoint(path)
    ? resumeRun(path, data, device, checkpointInterval, verification, events, signal)
    : startRun(options, events, signal));
  if (result.finished) writeRunReport(result);
}
