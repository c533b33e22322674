/** The queue's own file in an experiment's folder: who goes on with it finds its runs by that name, and its folders on that way. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, writeWhole } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { SharedPath } from './shared-path.js';

const FILE = 'queue.json';
const fileSchema = v.object({
  experiment: v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/)),
  since: v.number(),
  /** Where the submitter saw the path that folders go below; through Redis if absent. */
  shared: v.exactOptional(v.object({ path: v.string(), identity: v.string() })),
});

export type Experiment = Readonly<v.InferOutput<typeof fileSchema>>;

/** One that no queue knows yet. */
export function newExperiment(): Experiment {
  return { experiment: randomUUID().slice(0, 13), since: Date.now() };
}

/**
 * Nothing where none of its runs was put into a queue.
 * @throws `UserError` where the file is damaged
 */
export function experimentIn(folder: string): Experiment | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const result = v.safeParse(fileSchema, readJson(path));
  if (result.success) return result.output;
  throw new UserError(`${path} is not what eqprop wrote`, 'delete it: its runs are sent anew');
}

/** @param shared where its folders go from now on; through Redis if absent */
export function writeExperiment(
  folder: string,
  { experiment, since }: Experiment,
  shared?: SharedPath,
): void {
  const way = shared && { shared: { path: shared.path, identity: shared.identity } };
  writeWhole(folder, FILE, `${JSON.stringify({ experiment, since, ...way })}\n`);
}

/**
 * The shared path that an experiment's folders went below; nothing where they went through Redis.
 * @throws `UserError` where it is not there any more
 */
export async function sharedPathOf(experiment: Experiment | undefined): Promise<SharedPath | undefined> {
  const shared = experiment?.shared;
  return shared && (await SharedPath.open(shared.path, shared.identity));
}
