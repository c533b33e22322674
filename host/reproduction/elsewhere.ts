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
 * @returns true when all of them have one
 */
export async function measureElsewhere(
  folder: FindingsFolder,
  experiments: readonly Experiment[],
  { carrier, verification, events }: Elsewhere,
  signal: AbortSignal,
): Promise<boolean> {
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
    onBegin: (id, worker) => events.onBegin(id, worker),
    onEpoch: (id, epoch, worker) => events.onEpoch(id, epoch, worker),
    onNotice: (sentence) => events.onNotice(sentence),
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
  return experiments.every(({ name }) => folder.has(name));
}

/**
 * Has the runs trained that are not finished, by their folders' names. Rejects as `measureElsewhere`.
 * @returns true when all of them are
 */
export async function runElsewhere(
  finished: FinishedRuns,
  runs: readonly OneRun[],
  { carrier, verification, events }: Elsewhere,
  signal: AbortSignal,
): Promise<boolean> {
  const isFinished = ({ path, recipe }: OneRun) => finished.resultOf(path, recipe) !== undefined;
  const left = runs.filter((run) => !isFinished(run));
  const tasks = left.map(({ path, recipe, shadow, data }) => ({
    id: basename(path),
    path,
    task: runTask({ recipe, compareEvery: 0, verification, ...(shadow && { shadow }) }),
    data,
    reading: {},
  }));
  await carrier.carry(tasks, events, signal);
  return left.every(isFinished);
}
