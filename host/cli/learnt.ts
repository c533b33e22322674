/** A command that begins with what a run has learnt: recipe and data are that run's, where its flags name no others. */
import { type Preparation, preparationOf, type Reading } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { loadResult, type SavedRun } from '../records/index.js';
import { type DataFlags, readingOf } from './data-flags.js';
import { changedBy, type NamedRecipe } from './recipe-flags.js';

/** The run at `from`, if one is named. */
export function runOf({ from }: { readonly from?: string }): SavedRun | undefined {
  return from === undefined ? undefined : loadResult(from);
}

/** The recipe of a run, with what the flags name in its place. */
export function learntRecipe(flags: Readonly<Record<string, unknown>>, before: SavedRun): NamedRecipe {
  const { recipe, preset } = before.state;
  return { recipe: changedBy(flags, recipe, `the recipe of ${before.folder}`), preset };
}

/** Where data are, how they are read, and what a run that is begun with was trained with. */
export function dataOf(
  flags: DataFlags,
  before: SavedRun | undefined,
): {
  readonly data: string | undefined;
  readonly reading: Reading;
  readonly known: Preparation | undefined;
} {
  const { data } = flags;
  const reading = readingOf(flags);
  if (!before) return { data, reading, known: undefined };
  const { folder, state } = before;
  const known = preparationOf(state);
  if (data !== undefined) return { data, reading, known };
  if (state.inMemory)
    throw new UserError(
      `${folder} was trained on data that a program had in memory`,
      'name a file of such examples with --data',
    );
  return { data: state.data, reading: { ...state.reading, ...reading }, known };
}
