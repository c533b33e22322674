/** How long each job of a comparison will take on simulated devices, from a few minibatches of each shape of network. */
import { cpus } from 'node:os';
import type { Dataset } from '../data/index.js';
import type { Recipe } from '../model/index.js';
import { pictured, realRates, roundedDynamics } from '../model/index.js';
import { trainMinibatch } from '../reference/index.js';
import { MinibatchPlan } from '../training/index.js';
import { initialReference } from '../verification/index.js';
import { formatNames } from './formats.js';
import { settledPace } from './pace.js';
import type { Trial } from './trial.js';
import { evaluatedImages } from './workload.js';

/** Returns a key of all that decides how long a minibatch takes. */
export function shapeOf(recipe: Recipe): string {
  return JSON.stringify([
    recipe.network,
    recipe.connections,
    recipe['receptive-fields'],
    recipe['input-dropout'],
    recipe.shift,
    recipe.relaxation,
    recipe.nudging,
    recipe.start,
    recipe.minibatch,
    recipe['free-iterations'],
    recipe['nudged-iterations'],
    recipe['evaluation-iterations'],
    formatNames(recipe).bits,
  ]);
}

/** Milliseconds for all shapes together, and for one at most. */
const BUDGET = 4000;
const MOST = 600;

/** Milliseconds until a cell's process trains. */
const START = 1000;

/**
 * Seconds of each, references first, roughly: a network relaxes faster as it learns.
 * @param repeats how many times each reply is computed: once more where a twin checks it
 * @param processes at a time
 */
export async function estimateSeconds(
  cells: readonly Recipe[],
  references: readonly Recipe[],
  dataset: Dataset,
  trial: Trial,
  repeats: number,
  processes: number,
): Promise<readonly number[]> {
  const shapes = new Set(cells.map(shapeOf)).size + new Set(references.map(shapeOf)).size;
  const budget = Math.min(MOST, BUDGET / shapes);
  const ofCells = await durations(
    cells,
    async (recipe) => {
      const { training, evaluation } = await trial.pace(recipe, budget);
      return ({ steps, evaluations }) => START + steps * training + evaluations * evaluation;
    },
    dataset,
  );
  const ofReferences = await durations(
    references,
    async (recipe) => {
      const pace = await referencePace(recipe, dataset, budget);
      // It is not validated; a free phase from zero takes about as long as a minibatch.
      return ({ steps, tests }) => (steps + tests) * pace;
    },
    dataset,
  );
  // Device and twin work at the same time, where there are cores for both.
  const atOnce = Math.min(processes, cells.length + references.length);
  const slowed = (milliseconds: readonly number[], threads: number) =>
    milliseconds.map((one) => (one / 1000) * Math.max(1, (atOnce * threads) / cpus().length));
  return [...slowed(ofReferences, 1), ...slowed(ofCells, repeats)];
}

/** Minibatches of a run. */
interface Workload {
  readonly steps: number;
  readonly evaluations: number;
  readonly tests: number;
}

type Duration = (work: Workload) => number;

/** Measures how long each recipe takes; each shape is measured once. */
async function durations(
  recipes: readonly Recipe[],
  measure: (recipe: Recipe) => Promise<Duration>,
  dataset: Dataset,
): Promise<readonly number[]> {
  const measured = new Map<string, Duration>();
  const milliseconds: number[] = [];
  for (const recipe of recipes) {
    const shape = shapeOf(recipe);
    const duration = measured.get(shape) ?? (await measure(recipe));
    measured.set(shape, duration);
    const { steps } = new MinibatchPlan(recipe);
    const evaluations = evaluatedImages(recipe, dataset) / recipe.minibatch;
    milliseconds.push(duration({ steps, evaluations, tests: dataset.test.count / recipe.minibatch }));
  }
  return milliseconds;
}

/** Milliseconds of a minibatch of the reference. */
function referencePace(recipe: Recipe, dataset: Dataset, budget: number): Promise<number> {
  const shown = pictured(recipe, dataset);
  const plan = new MinibatchPlan(shown);
  const network = initialReference(shown);
  const dynamics = roundedDynamics(recipe);
  const train = async (step: number) => {
    const batch = plan.batchOf(step, dataset);
    const rates = plan.ratesOf(step, batch.labels.length);
    trainMinibatch(network, dynamics, batch, rates.nudging, realRates(rates));
  };
  return settledPace(train, plan.steps, budget);
}
