/** Reproductions whose work others do: experiments of a paper, and the runs that results are made of. */
import { basename } from 'node:path';
import { type Carrier, type CarrierEvents, runTask } from '../experiments/index.js';
import type { FinishedRuns } from './conditions.js';
import type { Experiment } from './experiment.js';
import { experimentTask } from './experiment-task.js';
import type { FindingsFolder } from './findings-folder.js';
import type { OneRun } from './run-once.js';

/** Somebody who does it, and how it is to be checked. */
export interface Elsewhere {
  readonly carrier: Carrier;
  /** A level, as `--verify` takes it. */
  readonly verification: string;
  readonly events: CarrierEvents;
}

/**
 * Has the experiments done that have no finding in the folder yet, by their names; a finding is there as soon as its
 * experiment ends. Rejects with `UserError` where it cannot go on.
 */
export async function measureElsewhere(
  folder: FindingsFolder,
  experiments: readonly Experiment[],
  { carrier, verification, events }: Elsewhere,
  signal: AbortSignal,
): Promise<void> {
  const { paper, form, seed, data } = folder.plan;
  for (const { name } of experiments) if (folder.has(name)) folder.takeBack(name);
  const left = experiments.filter(({ name }) => !folder.has(name));
  const tasks = left.map(({ name }) => ({
    id: name,
    path: folder.setApart(name),
    task: experimentTask({ paper, name, form, seed, verification }),
    data,
    reading: {},
  }));
  const taking: CarrierEvents = {
    onBegin: (id) => events.onBegin(id),
    onEpoch: (id, epoch) => events.onEpoch(id, epoch),
    onEnd: (id, ending) => {
      folder.takeBack(id);
      events.onEnd(id, ending);
    },
  };
  try {
    await carrier.carry(tasks, taking, signal);
  } finally {
    for (const { name } of left) folder.takeBack(name);
  }
}

/** Has the runs trained that are not finished, by their folders' names. Rejects as `measureElsewhere`. */
export async function runElsewhere(
  finished: FinishedRuns,
  runs: readonly OneRun[],
  { carrier, verification, events }: Elsewhere,
  signal: AbortSignal,
): Promise<void> {
  const left = runs.filter(({ path, recipe }) => finished.resultOf(path, recipe) === undefined);
  const tasks = left.map(({ path, recipe, shadow, data }) => ({
    id: basename(path),
    path,
    task: runTask({ recipe, compareEvery: 0, verification, ...(shadow && { shadow }) }),
    data,
    reading: {},
  }));
  await carrier.carry(tasks, events, signal);
}
