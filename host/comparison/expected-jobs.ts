/** Costs expected of the jobs that a comparison has left, references first: they would keep one core busy at the end. */
import type { Dataset } from '../data/index.js';
import { graphOf, pictured, type Recipe } from '../model/index.js';
import { hasCheckpoint, RunFolder } from '../records/index.js';
import { MinibatchPlan } from '../training/index.js';
import type { ReferenceJob, RunnableCell } from './cells.js';
import type { ComparisonFolder } from './comparison-folder.js';
import { estimateSeconds, shapeOf } from './estimate.js';
import type { ExpectedJob } from './forecast.js';
import { readReference } from './reference-run.js';
import type { Trial } from './trial.js';
import { evaluatedImages } from './workload.js';

/** The part of a comparison that is to be run. */
export interface JobsLeft {
  readonly folder: ComparisonFolder;
  readonly dataset: Dataset;
  readonly cellsToRun: readonly RunnableCell[];
  readonly referencesToRun: readonly ReferenceJob[];
  readonly processes: number;
}

type Unmeasured = Omit<ExpectedJob, 'cost' | 'shape'> & { readonly recipe: Recipe };

/** Costs are seconds on simulated devices; on others, whose speed is their own, images times weights. */
export async function expectedJobs(left: JobsLeft, trial: Trial): Promise<readonly ExpectedJob[]> {
  const { folder, dataset, processes } = left;
  const references = left.referencesToRun.map(({ id, recipe }): Unmeasured => {
    const done = epochsIn(readReference(folder.reference(id)));
    return { kind: 'reference', id, recipe: withoutFirst(done, recipe) };
  });
  const cells = left.cellsToRun.map(({ id, recipe }): Unmeasured => {
    const path = folder.cell(id);
    const done = hasCheckpoint(path) ? epochsIn(new RunFolder(path).metrics()) : 0;
    return { kind: 'cell', id, recipe: withoutFirst(done, recipe) };
  });
  const jobs = [...references, ...cells];
  const costs =
    folder.plan.device === 'simulated'
      ? await estimateSeconds(
          cells.map(({ recipe }) => recipe),
          references.map(({ recipe }) => recipe),
          dataset,
          trial,
          folder.plan.verification === 'off' ? 1 : 2,
          processes,
        )
      : jobs.map(({ recipe }) => work(recipe, dataset));
  return jobs.map(({ kind, id, recipe }, n) => ({ kind, id, shape: shapeOf(recipe), cost: costs[n] }));
}

function epochsIn(metrics: readonly { readonly kind: string }[]): number {
  return metrics.filter(({ kind }) => kind === 'epoch').length;
}

/** As much of a recipe as is left of a run; an epoch at least. */
function withoutFirst(epochs: number, recipe: Recipe): Recipe {
  return { ...recipe, epochs: Math.max(1, recipe.epochs - epochs) };
}

function work(recipe: Recipe, dataset: Dataset): number {
  const images = recipe.epochs * new MinibatchPlan(recipe).examples + evaluatedImages(recipe, dataset);
  const { connections } = graphOf(pictured(recipe, dataset));
  return images * connections.reduce((sum, { weights }) => sum + weights, 0);
}
