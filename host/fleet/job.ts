/** A task as it lies in the queue, and what is told of it there. */
import * as v from 'valibot';
import { readingSchema } from '../data/index.js';
import type { Ending } from '../experiments/index.js';
import { faultIn, UserError } from '../ground/index.js';

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const word = v.pipe(v.string(), v.regex(/^[\w.+=-]{1,200}$/));

const jobSchema = v.object({
  id: word,
  /** The experiment's identity. */
  experiment: word,
  /** Name of the kind of task, which reads the plan. */
  kind: v.string(),
  plan: v.unknown(),
  /** How data are read; a test set of its own is `test` among the files that were sent. */
  reading: readingSchema,
  /** SHA-256 of the data set. */
  dataHash: v.pipe(v.string(), v.hash(['sha256'])),
  /** Name of the data, for people, and below the folder of files that were sent; nothing for MNIST. */
  data: v.nullable(v.string()),
  /** Identity of the shared path that folders go below; Redis if absent. */
  shared: v.exactOptional(v.string()),
});

export type TaskJob = Readonly<v.InferOutput<typeof jobSchema>>;

/** @throws `UserError` where it is none */
export function taskJob(data: unknown): TaskJob {
  const result = v.safeParse(jobSchema, data);
  if (result.success) return result.output;
  throw new UserError(`what lies in the queue is no task: ${faultIn(result.issues)}`);
}

/** First words of the keys of all folders of an experiment in the store. */
export function taskFolders(experiment: string): string {
  return `eqprop:run:${experiment}:`;
}

/** The task's folder in the store. */
export function folderKey({ experiment, id }: Pick<TaskJob, 'experiment' | 'id'>): string {
  return `${taskFolders(experiment)}${id}`;
}

/** The files of an experiment's data set in the store; no task's name has a slash. */
export function dataKey({ experiment, dataHash }: Pick<TaskJob, 'experiment' | 'dataHash'>): string {
  return `${taskFolders(experiment)}data/${dataHash}`;
}

const progressSchema = v.object({ epoch: natural, worker: v.string() });
export type TaskProgress = Readonly<v.InferOutput<typeof progressSchema>>;

/** Nothing where none was told. */
export function taskProgress(told: unknown): TaskProgress | undefined {
  const result = v.safeParse(progressSchema, told);
  return result.success ? result.output : undefined;
}

const resultSchema = v.object({
  worker: v.string(),
  ending: v.variant('kind', [
    v.object({ kind: v.literal('finished') }),
    v.object({ kind: v.literal('stopped'), reason: v.string() }),
    v.object({ kind: v.literal('failed'), reason: v.string(), differs: v.boolean() }),
  ]),
});

/** How a task ended: nothing that another worker would do otherwise. */
export interface TaskResult {
  readonly worker: string;
  readonly ending:
    | Exclude<Ending, { readonly kind: 'finished' | 'interrupted' }>
    | { readonly kind: 'finished' };
}

/** @throws `UserError` where it is none */
export function taskResult(returned: unknown, id: string): TaskResult {
  const result = v.safeParse(resultSchema, returned);
  if (result.success) return result.output;
  throw new UserError(`what came back of ${id} is no result: ${faultIn(result.issues)}`);
}
