/** An experiment as a process of its own does it: in a folder of findings that has no other. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { Task, TaskKind } from '../experiments/index.js';
import { markOf } from '../files/index.js';
import { faultIn, UserError } from '../ground/index.js';
import { METRICS, REPORT, replaceRunFiles, runFiles } from '../records/index.js';
import { experimentsOf } from './catalogue.js';
import { FindingsFolder, PLAN } from './findings-folder.js';
import { paperNames } from './papers.js';

const KIND = 'experiment';

/** Names of files that change without anything being saved. */
const UNSAVED = new Set([METRICS, REPORT, PLAN]);

const planSchema = v.object({
  paper: v.picklist(paperNames),
  name: v.string(),
  form: v.picklist(['quick', 'full']),
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffff_ffff)),
  verification: v.string(),
});

export type ExperimentPlan = Readonly<v.InferOutput<typeof planSchema>>;

export const experimentTasks: TaskKind = {
  name: KIND,
  open(given, id) {
    const result = v.safeParse(planSchema, given);
    if (!result.success) throw new UserError(`${id} is no experiment: ${faultIn(result.issues)}`);
    const plan = result.output;
    experimentsOf(plan.paper, [plan.name]);
    return experimentTask(plan);
  },
};

export function experimentTask(plan: ExperimentPlan): Task {
  const { paper, name, form, seed, verification } = plan;
  return {
    kind: KIND,
    plan,
    begin(path, { data }) {
      const experiments = [name];
      FindingsFolder.under(path, { paper, form, seed, experiments, ...(data !== undefined && { data }) });
      return ['reproduce', paper, name, '--resume', path, '--verify', verification];
    },
    files: (path) => filesBelow(path, ''),
    mark(path) {
      // Logs grow between savings; the plan is there before there is anything to save.
      const saved = filesBelow(path, '').filter((file) => !UNSAVED.has(basename(file)));
      return saved.length === 0
        ? undefined
        : saved.map((file) => `${file} ${markOf(join(path, file))}`).join();
    },
    replace: replaceAll,
    requireResult(path) {
      if (FindingsFolder.open(path, paper, []).has(name)) return;
      throw new UserError(`${path} holds no finding of ${name}`);
    },
  };
}

/** Results last: what they tell of is there. */
function replaceAll(from: string, path: string): void {
  for (const name of foldersIn(from)) replaceAll(join(from, name), join(path, name));
  replaceRunFiles(from, path);
}

function foldersIn(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** A folder's files as a run's are taken, then those of the folders in it. */
function filesBelow(path: string, below: string): readonly string[] {
  const at = join(path, below);
  if (!existsSync(at)) return [];
  return [
    ...runFiles(at).map((name) => `${below}${name}`),
    ...foldersIn(at).flatMap((name) => filesBelow(path, `${below}${name}/`)),
  ];
}
