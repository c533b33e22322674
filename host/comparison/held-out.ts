/** Validation images of a comparison that names none: nothing is to be chosen by the test set. */
import * as v from 'valibot';
import { parseRange, recipeSchema } from '../model/index.js';
import { checkGrid, type Grid } from './grid.js';

/** One training image in so many. */
const PART = 6;

/**
 * Splits validation images off the end of the training images, the same for all cells; those that go less far lose what
 * they have of them. A grid that names validation images, or `none`, stays as it is.
 * @param grid checked
 */
export function holdOut(grid: Grid, source: string): { readonly grid: Grid; readonly heldOut?: string } {
  const { recipe, alternatives } = grid;
  if ('validation' in recipe || 'validation' in alternatives) return { grid };
  const given = alternatives.training ?? [recipe.training ?? v.getDefault(recipeSchema.entries.training)];
  const ranges = given.map((range) => parseRange(String(range)));
  const [from, end] = ranges.reduce((best, range) => (range[1] > best[1] ? range : best));
  const first = end - Math.max(1, Math.floor((end - from) / PART));
  if (first <= from) return { grid };
  const heldOut = `${first}..${end}`;
  // Nothing is left of images that all lie there: the cell cannot be run, and says why.
  const training = ranges.map(([a, b]) => `${a}..${a < first ? Math.min(b, first) : b}`);
  return {
    grid: checkGrid(
      { ...grid, recipe: { ...recipe, validation: heldOut }, alternatives: { ...alternatives, training } },
      source,
    ),
    heldOut,
  };
}
