/** The words of a checkpoint, or of the file beside it, held against all that this program writes there. */
import * as v from 'valibot';
import { faultIn, UserError } from '../ground/index.js';
import { checkRecipe, type Recipe } from '../model/index.js';

/** The remedy where a file is not what this program writes. */
export const RESTORE =
  'restore it from a copy, go on with the version of eqprop that wrote it, or start a new run';

/**
 * The state that a checkpoint holds. Throws `UserError` where it is another one, or lacks something.
 * @param path of the checkpoint, in errors
 * @param name of what it must be a state of
 */
export function savedState<T>(
  state: unknown,
  schema: v.GenericSchema<unknown, T>,
  path: string,
  name: string,
  hint = RESTORE,
): T {
  const result = v.safeParse(schema, state);
  if (result.success) return result.output;
  throw new UserError(`${path} holds no ${name}: ${faultIn(result.issues)}`, hint);
}

/** A saved recipe: whole, nothing left to defaults. Throws `UserError` where it is not, or none can be like that. */
export function savedRecipe(values: Readonly<Record<string, unknown>>, path: string): Recipe {
  const recipe = checkRecipe(values, path);
  const missing = Object.keys(recipe).find((key) => !Object.hasOwn(values, key));
  if (missing !== undefined) throw new UserError(`${path}: its recipe's ${missing} is missing`, RESTORE);
  return recipe;
}
