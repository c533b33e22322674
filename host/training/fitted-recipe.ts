/**
 * A recipe that comes from the data: one hidden layer, and rates by what the first minibatches would change. Its numbers learn
 * data sets of some hundred to some thousand examples (docs/results.md); a preset tuned for a data set beats it there.
 */
import type { Dataset } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { checkRecipe, connectionCount, type Recipe } from '../model/index.js';
import { ratesForUpdates } from './automatic-rates.js';

/** Units of the hidden layer, and examples of a minibatch. */
const SMALL = { hidden: 64, minibatch: 10 } as const;
const LARGE = { hidden: 128, minibatch: 20 } as const;
/** Examples of a data set that is large. */
const MANY = 10_000;
const LEAST_HIDDEN = 4;
/** One example in so many is kept for validation. */
const VALIDATION = 6;
/** Examples that a run trains, all epochs together, as far as whole epochs in their bounds come near it. */
const EXAMPLES = 200_000;
const EPOCHS = { least: 5, most: 150 } as const;
/** The share of its weights that the first minibatches change each connection by. */
const UPDATE = 0.03;
/** Greater ones come from first minibatches that change next to nothing. */
const MOST_RATE = 0.9;
/** Stands until the rates are measured. */
const ANY_RATE = 0.1;

const settings = {
  weights: 'Q1.14',
  states: 'Q3.12',
  // With weights twice as large some draws leave an output that no nudge reaches.
  'initial-scale': 0.5,
  relaxation: 'exact',
  'free-iterations': 8,
  'nudged-iterations': 4,
  nudging: 'centered',
  beta: 0.5,
  schedule: 'linear',
} as const;

type Values = Readonly<Record<string, unknown>>;

/**
 * @param given values of a recipe that are to stay as they are
 * @param hasRoom whether the device that is to learn has room for a recipe's network
 * @throws `UserError` where no network has room, a value is impossible, or the first minibatches change nothing
 */
export function fittedRecipe(
  dataset: Dataset,
  given: Values = {},
  hasRoom: (recipe: Recipe) => boolean = () => true,
): Recipe {
  const fitting = networksFor(dataset, given).find((network) => hasRoom(recipeWith(dataset, network, given)));
  if (fitting === undefined)
    throw new UserError(
      `the device has no room for ${networksFor(dataset, given).at(-1)}`,
      'choose another device, or have fewer features',
    );
  const recipe = recipeWith(dataset, fitting, given);
  if (given.rates !== undefined) return recipe;
  const rates = ratesForUpdates(recipe, UPDATE, dataset);
  return { ...recipe, rates: rates.map((rate) => Math.min(rate, MOST_RATE)) };
}

/** The widest first. */
function networksFor({ pixels, classes, training }: Dataset, { network }: Values): readonly string[] {
  if (network !== undefined) return [String(network)];
  const widths: number[] = [];
  for (let width: number = sizesFor(training.count).hidden; width >= LEAST_HIDDEN; width /= 2)
    widths.push(width);
  return widths.map((width) => `${pixels}-${width}-${classes}`);
}

function sizesFor(count: number) {
  return count < MANY ? SMALL : LARGE;
}

function recipeWith({ name, training: { count } }: Dataset, network: string, given: Values): Recipe {
  const minibatch = Number(given.minibatch ?? Math.min(sizesFor(count).minibatch, count));
  // A minibatch cut short at an epoch's end would bound the rates.
  const trained = minibatch * Math.max(1, Math.floor((count - count / VALIDATION) / minibatch));
  const epochs = Math.round(Math.min(Math.max(EXAMPLES / trained, EPOCHS.least), EPOCHS.most));
  const rates = new Array<number>(connectionCount({ network, connections: [] })).fill(ANY_RATE);
  return checkRecipe(
    {
      ...settings,
      ...{ network, rates, minibatch, epochs, training: `0..${trained}` },
      ...(trained < count && { validation: `${trained}..${count}` }),
      ...given,
    },
    `a recipe for ${name}`,
  );
}
