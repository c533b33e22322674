/** A command that begins with what a run has learnt: recipe and data are that run's, where its flags name no others. */
import { type Preparation, preparationOf, type Reading } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { loadResult } from '../records/index.js';
import { type DataFlags, readingOf } from './data-flags.js';
import { changedBy, type NamedRecipe } from './recipe-flags.js';

/** The recipe of the run at `from`, with what the flags name in its place. */
export function learntRecipe(flags: Readonly<Record<string, unknown>>, from: string): NamedRecipe {
  const { recipe, preset } = loadResult(from).state;
  return { recipe: changedBy(flags, recipe, `the recipe of ${from}`), preset };
}

/** Where data are, how they are read, and what a run that is begun with was trained with. */
export function dataOf(flags: DataFlags & { readonly from?: string }): {
  readonly data: string | undefined;
  readonly reading: Reading;
  readonly known: Preparation | undefined;
} {
  const { data, from } = flags;
  const reading = readingOf(flags);
  if (from === undefined) return { data, reading, known: undefined };
  const { state } = loadResult(from);
  const known = preparationOf(state);
  if (data !== undefined) return { data, reading, known };
  if (state.inMemory)
    throw new UserError(
      `${from} was trained on data that a program had in memory`,
      'name a file of such examples with --data',
    );
  return { data: state.data, reading: { ...state.reading, ...reading }, known };
}
