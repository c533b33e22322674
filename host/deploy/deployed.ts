/** Takes of a run what is deployed. */
import { basename } from 'node:path';
import { preparationOf } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { checkRecipe, pictured, type Recipe } from '../model/index.js';
import type { SavedRun } from '../records/index.js';
import { libraryNameOf, requireLibraryName } from './library-name.js';
import type { Deployed } from './network-c.js';

/** How a network goes on learning where it is deployed. What is not told is the run's. */
export interface Learning {
  readonly minibatch?: number | undefined;
  /** Constant from then on; the run's are those of its first minibatch. */
  readonly rates?: readonly number[] | undefined;
}

/**
 * @param learning nothing where the network only predicts
 * @param name of the library; from the run's folder where it is not told
 * @param threshold least score of an answer that is not rejected, 0 to 1
 * @throws `UserError` where a recipe's learning needs a host, or a library cannot have this name
 */
export function deployedFrom(
  { folder, state, parameters }: SavedRun,
  learning?: Learning,
  name?: string,
  threshold = 0,
): Deployed {
  const { recipe, picture, reading, position, data } = state;
  return {
    name: name === undefined ? libraryNameOf(folder) : requireLibraryName(name),
    origin: { data: data === undefined ? 'MNIST' : basename(data), error: position.validation?.error },
    recipe: pictured(learning ? learningRecipe(recipe, learning) : predictingRecipe(recipe), picture),
    parameters,
    digest: BigInt(`0x${position.digest}`),
    step: position.step,
    picture,
    preparation: preparationOf(state),
    order: reading?.order ?? 'channels-first',
    learns: learning !== undefined,
    threshold,
  };
}

function predictingRecipe(recipe: Recipe): Recipe {
  return { ...recipe, minibatch: 1, start: 'zero', shift: 0, 'input-dropout': 0 };
}

function learningRecipe(recipe: Recipe, { minibatch, rates }: Learning): Recipe {
  if (recipe.nudging === 'random-sign')
    throw new UserError(
      'nudging random-sign: its signs are drawn by a host, and there is none',
      'train with --nudging centered, or deploy without --learn',
    );
  return checkRecipe(
    {
      ...recipe,
      start: 'zero',
      schedule: 'constant',
      minibatch: minibatch ?? recipe.minibatch,
      rates: rates ?? recipe.rates,
    },
    'deploy',
  );
}
