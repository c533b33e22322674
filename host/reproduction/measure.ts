/** Experiments run one after another, each once. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { hostVersion } from '../ground/index.js';
import type { Conditions, ReproductionEvents, RunConditions } from './conditions.js';
import type { Experiment } from './experiment.js';
import type { FindingsFolder } from './findings-folder.js';

export interface MeasuringEvents extends ReproductionEvents {
  /** Before an experiment; `skipped` where it was finished before. */
  onExperiment(title: string, skipped: boolean): void;
  onStep(part: string, done: number, total: number): void;
}

/**
 * Runs the experiments that have no finding in the folder yet. Rejects with `UserError`; findings before are kept.
 * @returns false if it was interrupted
 */
export async function measure(
  folder: FindingsFolder,
  experiments: readonly Experiment[],
  runs: RunConditions,
  events: MeasuringEvents,
  signal: AbortSignal,
): Promise<boolean> {
  for (const { name, title, run } of experiments) {
    folder.takeBack(name);
    const skipped = folder.has(name);
    events.onExperiment(title, skipped);
    if (skipped) continue;
    const { form, seed, data } = folder.plan;
    const conditions: Conditions = {
      seed,
      ...(data !== undefined && { data }),
      folder: join(folder.path, name),
      finishedRuns: folder,
      runs,
      events,
      signal,
      step: async (part, done, total) => {
        events.onStep(part, done, total);
        await setImmediate();
        signal.throwIfAborted();
      },
    };
    const began = performance.now();
    try {
      const finding = await run(form, conditions);
      if (signal.aborted) return false;
      const seconds = (performance.now() - began) / 1000;
      folder.add({
        name,
        title,
        ...finding,
        panels: [...finding.panels],
        tables: [...finding.tables],
        version: hostVersion,
        seconds,
      });
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      throw error;
    }
  }
  return true;
}
