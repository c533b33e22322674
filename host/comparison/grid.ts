/** The grid: a recipe, and several values of some of its keys. Everything a comparison needs to begin again. */
import * as v from 'valibot';
import { UserError } from '../ground/index.js';
import { describeKey, nearest, type RecipeKey, recipeKeys, recipeSchema } from '../model/index.js';

/** Values of recipe keys as a file or a command line spells them. */
export type RecipeValues = Readonly<Record<string, unknown>>;

export interface Grid {
  /** Name or path, for the reader. */
  readonly preset: string;
  /** Values that all cells have in common: the preset's, and those that override them. */
  readonly recipe: RecipeValues;
  /** Values of each key that differs between cells. */
  readonly alternatives: Readonly<Record<string, readonly unknown[]>>;
}

/** Far above what anyone waits for. */
const MOST_CELLS = 10_000;

/**
 * Grid with each key's values once, in the order given; what has one value alone becomes the recipe's. Throws `UserError`
 * where a key or a value is none.
 */
export function checkGrid(grid: Grid, source: string): Grid {
  for (const [key, value] of Object.entries(grid.recipe)) checkValue(key, value, source);
  const alternatives = Object.entries(grid.alternatives).map(([key, values]) => {
    if (values.length === 0)
      throw new UserError(`${source}: no value of '${key}'`, 'name one at least, or leave the key out');
    for (const value of values) checkValue(key, value, source);
    return [key, distinct(values)] as const;
  });
  const cells = alternatives.reduce((product, [, values]) => product * values.length, 1);
  if (cells > MOST_CELLS)
    throw new UserError(
      `${source}: ${cells} combinations of values`,
      `${MOST_CELLS} are the most: name fewer values, or compare in several goes`,
    );
  const single = alternatives.flatMap(([key, values]) => (values.length === 1 ? [[key, values[0]]] : []));
  return {
    preset: grid.preset,
    recipe: { ...grid.recipe, ...Object.fromEntries(single) },
    alternatives: Object.fromEntries(alternatives.filter(([, values]) => values.length > 1)),
  };
}

export function requireKey(key: string, source: string): RecipeKey {
  const known = recipeKeys.find((name) => name === key);
  if (known !== undefined) return known;
  const meant = nearest(key, recipeKeys);
  throw new UserError(
    `${source}: unknown key '${key}'`,
    meant ? `did you mean '${meant}'?` : `the keys are ${recipeKeys.join(', ')}`,
  );
}

/** A value that no recipe can have is a slip of the pen; one that only this recipe cannot have makes an impossible cell. */
function checkValue(name: string, value: unknown, source: string): void {
  const key = requireKey(name, source);
  const result = v.safeParse(recipeSchema.entries[key], value);
  if (!result.success)
    throw new UserError(
      `${source}: ${key} cannot be ${JSON.stringify(value)}: ${result.issues[0].message}`,
      describeKey(key),
    );
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
