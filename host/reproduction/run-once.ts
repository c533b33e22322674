/** One run of a reproduction, taken up where it stood and not repeated where it was finished. */
import type { Recipe } from '../model/index.js';
import { hasCheckpoint, RunFolder } from '../records/index.js';
import type { DeviceChoice } from '../runs/index.js';
import { type RunEvents, resumeRun, startRun, writeRunReport } from '../runs/index.js';
import type { VerificationLevel } from '../verification/index.js';

export interface RunConditions {
  readonly device: DeviceChoice;
  /** Milliseconds. */
  readonly checkpointInterval: number;
  readonly verification: VerificationLevel;
}

export interface OneRun {
  /** The run's folder. */
  readonly path: string;
  readonly preset: string;
  readonly recipe: Recipe;
  readonly data: string | undefined;
  readonly shadow: boolean;
}

/** Throws `UserError` where somebody has trained the run to other epochs. */
export function isRunFinished(path: string, { epochs }: Recipe): boolean {
  const folder = new RunFolder(path);
  folder.requireEpochs(epochs, 'the reproduction');
  return folder.isFinished();
}

/** Rejects with `UserError`; the folder keeps what was reached, also when interrupted. */
export async function runOnce(
  { path, preset, recipe, data, shadow }: OneRun,
  conditions: RunConditions,
  events: RunEvents,
  signal: AbortSignal,
): Promise<void> {
  if (isRunFinished(path, recipe) || signal.aborted) return;
  const { device, checkpointInterval, verification } = conditions;
  const result = await (hasCheckpoint(path)
    ? resumeRun(path, data, device, checkpointInterval, verification, events, signal)
    : startRun(
        {
          ...conditions,
          recipe,
          preset,
          ...(data !== undefined && { data }),
          folder: path,
          shadow,
          compareEvery: 0,
        },
        events,
        signal,
      ));
  if (result.finished) writeRunReport(result);
}
