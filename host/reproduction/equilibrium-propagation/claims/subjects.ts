/** Networks that the claims are tested on: those of Table 2, at their initial weights and trained a little. */
import { join } from 'node:path';
import type { Dataset } from '../../../data/index.js';
import type { Recipe } from '../../../model/index.js';
import { checkRecipe, pictured } from '../../../model/index.js';
import { type EpochMetrics, RunFolder } from '../../../records/index.js';
import type { ReferenceNetwork } from '../../../reference/index.js';
import { MinibatchPlan } from '../../../training/index.js';
import { initialReference } from '../../../verification/index.js';
import { trainedNetwork } from '../../trained-network.js';
import type { ReproductionFolder } from '../folder.js';
import type { NetworkNumber } from '../paper.js';
import { recipeOfNetwork } from '../plan.js';

/** Short runs, each beside one that differs in a single thing. */
export const variants = ['persistent', 'zero', 'euler', 'exact'] as const;
export type Variant = (typeof variants)[number];

/** A network in the reference, and how it came to its weights. */
export interface Subject {
  readonly number: NetworkNumber;
  readonly recipe: Recipe;
  readonly weights: 'initial' | 'trained';
  readonly network: ReferenceNetwork;
}

const MOST_EPOCHS = 5;
/** So many that phases end because nothing changes. */
const ENOUGH = { 'free-iterations': 500, 'nudged-iterations': 250, 'evaluation-iterations': 500 } as const;

export function variantFolder(folder: ReproductionFolder, number: NetworkNumber, variant: Variant): string {
  return join(folder.path, 'claims', `network-${number}-${variant}`);
}

/**
 * `persistent` and `zero`: the paper's recipe, but free phases run on until nothing changes. `exact`: the fast recipe as
 * it is, a few iterations a phase. `euler`: the same by Euler's steps, both phases until nothing changes.
 */
export function variantRecipe(
  { settings, networks }: ReproductionFolder,
  number: NetworkNumber,
  variant: Variant,
): Recipe {
  const epochs = Math.min(
    MOST_EPOCHS,
    ...networks.filter((one) => one.number === number).map((one) => one.epochs),
  );
  const relaxation = variant === 'persistent' || variant === 'zero' ? 'paper' : 'fast';
  const recipe = recipeOfNetwork({ ...settings, form: 'quick', relaxation }, { number, epochs });
  const changes = {
    persistent: { ...ENOUGH, 'nudged-iterations': recipe['nudged-iterations'] },
    zero: { ...ENOUGH, 'nudged-iterations': recipe['nudged-iterations'], start: variant },
    euler: { ...ENOUGH, relaxation: variant },
    exact: {},
  }[variant];
  return checkRecipe({ ...recipe, ...changes }, `claims, ${variant}`);
}

export function initialSubject(number: NetworkNumber, recipe: Recipe): Subject {
  return { number, recipe, weights: 'initial', network: initialReference(recipe) };
}

/** A finished run's weights. Throws `UserError` where its last checkpoint is not whole. */
export function trainedSubject(folder: ReproductionFolder, number: NetworkNumber, variant: Variant): Subject {
  const { recipe, network } = trainedNetwork(variantFolder(folder, number, variant));
  return { number, recipe, weights: 'trained', network };
}

export function variantEpochs(
  folder: ReproductionFolder,
  number: NetworkNumber,
  variant: Variant,
): readonly EpochMetrics[] {
  return new RunFolder(variantFolder(folder, number, variant))
    .metrics()
    .filter((entry) => entry.kind === 'epoch');
}

/** The recipe's first minibatches. */
export function firstMinibatches(recipe: Recipe, dataset: Dataset, count: number) {
  const plan = new MinibatchPlan(pictured(recipe, dataset));
  return Array.from({ length: Math.min(count, plan.perEpoch) }, (_, step) => plan.batchOf(step, dataset));
}

/** `784-500-10, initial` */
export function nameOf({ recipe, weights }: Subject): string {
  return `${recipe.network}, ${weights}`;
}
