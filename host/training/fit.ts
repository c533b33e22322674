/** A recipe meets a data set. */
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { layerSizes, parseRange, type Recipe } from '../model/recipe.js';
import { initialLimits, roundedDynamics } from '../model/requests.js';
import { ReferenceThread } from '../verification/reference-thread.js';

/** Refuses a data set that the recipe's network cannot take. */
export function requireFit(recipe: Recipe, dataset: Dataset): void {
  const sizes = layerSizes(recipe.network);
  const outputs = sizes[sizes.length - 1];
  if (sizes[0] !== dataset.pixels)
    throw new UserError(
      `network ${recipe.network} has ${sizes[0]} inputs, ${dataset.name} has ${dataset.pixels} pixels`,
      `begin the network with ${dataset.pixels}`,
    );
  if (outputs < dataset.classes)
    throw new UserError(
      `network ${recipe.network} has ${outputs} outputs, ${dataset.name} has ${dataset.classes} classes`,
      `end the network with ${dataset.classes}`,
    );
  for (const key of ['training', 'validation'] as const) {
    if (recipe[key] === 'none') continue;
    const [from, to] = parseRange(recipe[key]);
    if (from >= to || to > dataset.training.count)
      throw new UserError(
        `${key} images ${recipe[key]}`,
        `${dataset.name} has training images 0..${dataset.training.count}; ranges go upwards`,
      );
  }
}

/** The reference of a run: the recipe's rounded parameters, weights of its own from the same seed. */
export function openReference(recipe: Recipe, dataset: Dataset): ReferenceThread {
  return new ReferenceThread({
    layers: layerSizes(recipe.network),
    seed: recipe.seed,
    limits: initialLimits(recipe).map(({ value }) => value),
    dynamics: roundedDynamics(recipe),
    persistentExamples: recipe.start === 'persistent' ? dataset.training.count : 0,
  });
}
