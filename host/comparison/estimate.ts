/** How long a comparison will take, from the first minibatches of each shape of network. */
import type { Dataset } from '../data/dataset.js';
import { layerSizes, type Recipe } from '../model/recipe.js';
import { initialLimits, roundedDynamics } from '../model/requests.js';
import { ReferenceNetwork } from '../reference/network.js';
import { trainMinibatch } from '../reference/training.js';
import { gather } from '../training/minibatch.js';
import { MinibatchPlan } from '../training/minibatch-plan.js';
import { formatNames } from './formats.js';
import type { Pace, Trial } from './trial.js';

/** What decides how long a minibatch takes. */
function shapeOf(recipe: Recipe): string {
  return JSON.stringify([
    recipe.network,
    recipe.relaxation,
    recipe.minibatch,
    recipe['free-iterations'],
    recipe['nudged-iterations'],
    formatNames(recipe).bits,
  ]);
}

/**
 * Seconds, roughly and rather too many: minibatches grow faster as a network learns.
 * @param repeats how many times each reply is computed: once more where a twin checks it
 * @param processes at a time, each with a core
 */
export async function estimateSeconds(
  cells: readonly Recipe[],
  references: readonly Recipe[],
  dataset: Dataset,
  trial: Trial,
  repeats: number,
  processes: number,
): Promise<number> {
  const paces = new Map<string, Pace>();
  let milliseconds = 0;
  for (const recipe of cells) {
    const shape = shapeOf(recipe);
    const pace = paces.get(shape) ?? (await trial.pace(recipe));
    paces.set(shape, pace);
    const tests = Math.ceil(dataset.test.count / recipe.minibatch);
    const { steps } = new MinibatchPlan(recipe);
    milliseconds += repeats * (steps * pace.training + tests * pace.evaluation);
  }
  const referencePaces = new Map<string, number>();
  for (const recipe of references) {
    const shape = shapeOf(recipe);
    const pace = referencePaces.get(shape) ?? referencePace(recipe, dataset);
    referencePaces.set(shape, pace);
    const tests = Math.ceil(dataset.test.count / recipe.minibatch);
    milliseconds += (new MinibatchPlan(recipe).steps + tests) * pace;
  }
  return milliseconds / processes / 1000;
}

/** Milliseconds of the reference's first minibatch. */
function referencePace(recipe: Recipe, { training, pixels }: Dataset): number {
  const plan = new MinibatchPlan(recipe);
  const limits = initialLimits(recipe).map(({ value }) => value);
  const network = ReferenceNetwork.initial(layerSizes(recipe.network), recipe.seed, limits);
  const indices = plan.examplesOf(0);
  const { nudging, gains, decays } = plan.ratesOf(0, indices.length);
  const [gainValues, decayValues] = [gains, decays].map((words) => words.map(({ value }) => value));
  const batch = gather(training, pixels, indices);
  const began = performance.now();
  trainMinibatch(network, roundedDynamics(recipe), batch, nudging, gainValues, decayValues);
  return performance.now() - began;
}
