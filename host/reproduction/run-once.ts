/** One run of a reproduction, taken up where it stood and not repeated where it was finished. */
import type { Recipe } from '../model/index.js';
import { hasCheckpoint } from '../records/index.js';
import { resumeRun, startRun, writeRunReport } from '../runs/index.js';
import type { FinishedRuns, ReproductionEvents, RunConditions } from './conditions.js';

export interface OneRun {
  readonly title: string;
  /** The run's folder. */
  readonly path: string;
  readonly preset: string;
  readonly recipe: Recipe;
  readonly shadow: boolean;
  /** The data set's folder; MNIST if absent. */
  readonly data?: string | undefined;
}

/** Rejects with `UserError`; the run's folder keeps what was reached, also when interrupted. */
export async function runOnce(
  finished: FinishedRuns,
  { title, path: folder, preset, recipe, shadow, data }: OneRun,
  conditions: RunConditions,
  events: ReproductionEvents,
  signal: AbortSignal,
): Promise<void> {
  const skipped = finished.resultOf(folder, recipe) !== undefined;
  events.onRun(`${title}, ${recipe.epochs} epochs`, skipped);
  if (skipped || signal.aborted) return;
  const given = { ...conditions, recipe, preset, ...(data !== undefined && { data }), folder, shadow };
  const result = await (hasCheckpoint(folder)
    ? resumeRun({ folder, movedData: data, ...conditions }, events, signal)
    : startRun({ ...given, compareEvery: 0 }, events, signal));
  if (result.finished) writeRunReport(result);
}
