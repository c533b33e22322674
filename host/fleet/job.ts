/** A run as it lies in the queue, and what is told of it there. */
import * as v from 'valibot';
import { readingSchema } from '../data/index.js';
import type { Ending } from '../experiments/index.js';
import { faultIn, UserError } from '../ground/index.js';
import { checkRecipe, type Recipe } from '../model/index.js';

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const word = v.pipe(v.string(), v.regex(/^[\w.+=-]{1,200}$/));

const jobSchema = v.object({
  id: word,
  /** The experiment's identity. */
  experiment: word,
  recipe: v.record(v.string(), v.unknown()),
  /** How data are read; a test set of its own is `test` among the files that were sent. */
  reading: readingSchema,
  /** SHA-256 of the data set. */
  dataHash: v.pipe(v.string(), v.hash(['sha256'])),
  /** Name of the data, for people, and below the folder of files that were sent; nothing for MNIST. */
  data: v.nullable(v.string()),
  compareEvery: natural,
  verification: v.string(),
  /** Identity of the shared path that folders go below; Redis if absent. */
  shared: v.exactOptional(v.string()),
});

type JobData = v.InferOutput<typeof jobSchema>;

export type RunJob = Omit<JobData, 'recipe'> & { readonly recipe: Recipe };

/** @throws `UserError` where it is none */
export function runJob(data: unknown): RunJob {
  const result = v.safeParse(jobSchema, data);
  if (!result.success) throw new UserError(`what lies in the queue is no run: ${faultIn(result.issues)}`);
  const { id, recipe } = result.output;
  return { ...result.output, recipe: checkRecipe(recipe, id) };
}

/** First words of the keys of all folders of an experiment in the store. */
export function runFolders(experiment: string): string {
  return `eqprop:run:${experiment}:`;
}

/** The run's folder in the store. */
export function folderKey({ experiment, id }: Pick<RunJob, 'experiment' | 'id'>): string {
  return `${runFolders(experiment)}${id}`;
}

/** The files of an experiment's data set in the store; no run's name has a slash. */
export function dataKey({ experiment, dataHash }: Pick<RunJob, 'experiment' | 'dataHash'>): string {
  return `${runFolders(experiment)}data/${dataHash}`;
}

const progressSchema = v.object({ epoch: natural, worker: v.string() });
export type RunProgress = Readonly<v.InferOutput<typeof progressSchema>>;

/** Nothing where none was told. */
export function runProgress(told: unknown): RunProgress | undefined {
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

/** How a run ended: nothing that another worker would do otherwise. */
export interface RunResult {
  readonly worker: string;
  readonly ending:
    | Exclude<Ending, { readonly kind: 'finished' | 'interrupted' }>
    | { readonly kind: 'finished' };
}

/** @throws `UserError` where it is none */
export function runResult(returned: unknown, id: string): RunResult {
  const result = v.safeParse(resultSchema, returned);
  if (result.success) return result.output;
  throw new UserError(`what came back of ${id} is no result: ${faultIn(result.issues)}`);
}
