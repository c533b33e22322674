/** A run trained to another number of epochs than it was begun with. */
import { several, UserError } from '../ground/index.js';
import type { Recipe } from '../model/index.js';
import { checkRecipe, dependsOnLength } from '../model/index.js';
import { MinibatchPlan } from '../training/index.js';

/**
 * A run's recipe with so many epochs. What was trained is what a run begun with it would have trained.
 * @param step minibatches applied
 * @param folder the run's, in errors
 * @throws `UserError` where that cannot be: the rates would have been others, or the run is further already
 */
export function withEpochs(recipe: Recipe, epochs: number, step: number, folder: string): Recipe {
  if (epochs === recipe.epochs) return recipe;
  const changed = checkRecipe({ ...recipe, epochs }, folder);
  if (dependsOnLength(recipe))
    throw new UserError(
      `${folder} was begun with ${several(recipe.epochs, 'epoch')}, over which its schedule '${recipe.schedule}' lets the rates fall: with ${epochs} all of them would have been others`,
      `start a new run with --epochs ${epochs}; only runs with the schedules constant and exponential can be trained on`,
    );
  const { steps, perEpoch } = new MinibatchPlan(changed);
  if (step > steps)
    throw new UserError(
      `${folder} is in epoch ${Math.ceil(step / perEpoch)} already, beyond ${epochs}`,
      'name more epochs, or leave them out',
    );
  return changed;
}

/** Describes what becomes of the rates of a run that is trained on; undefined where its epochs stay. */
export function describeEpochs(before: Recipe, now: Recipe): string | undefined {
  if (before.epochs === now.epochs) return undefined;
  const rates =
    now.schedule === 'exponential'
      ? `go on falling by the factor ${now['schedule-factor']} an epoch`
      : 'stay as they are';
  return `${now.epochs} epochs instead of ${before.epochs}; the rates ${rates}`;
}
