/**
 * Grids in TOML: `preset`, `data` and how these are read, `device`, a table [recipe] of fixed values, and a table [grid] of arrays
 * of values.
 */
import * as v from 'valibot';
import { type Reading, readingKeys, readingOfKeys } from '../data/index.js';
import { readToml } from '../files/index.js';
import { UserError } from '../ground/index.js';
import { nearest } from '../model/index.js';

const text = v.pipe(v.string(), v.nonEmpty());
const fields = {
  preset: v.optional(text),
  data: v.optional(text),
  ...readingKeys,
  device: v.optional(text),
  recipe: v.optional(v.record(v.string(), v.unknown()), {}),
  grid: v.optional(
    v.record(v.string(), v.array(v.unknown(), 'write an array of the values to compare: ["Q1.14", "Q2.13"]')),
    {},
  ),
};
const schema = v.strictObject(fields);

type Contents = v.InferOutput<typeof schema>;

export interface GridFile extends Readonly<Pick<Contents, 'preset' | 'data' | 'device' | 'recipe' | 'grid'>> {
  readonly reading: Reading;
}

/** Throws `UserError` where the file cannot be read or has what is no part of a grid; keys of recipes are not looked at. */
export function readGridFile(path: string): GridFile {
  const result = v.safeParse(schema, readToml(path, path, 'name a TOML file with a table [grid]'));
  if (result.success) {
    const { preset, data, device, recipe, grid, ...keys } = result.output;
    return {
      ...(preset !== undefined && { preset }),
      ...(data !== undefined && { data }),
      ...(device !== undefined && { device }),
      recipe,
      grid,
      reading: readingOfKeys(keys),
    };
  }
  const [issue] = result.issues;
  const key = v.getDotPath(issue) ?? path;
  if (issue.expected === 'never') {
    const meant = nearest(key, Object.keys(fields));
    throw new UserError(
      `${path}: unknown key '${key}'`,
      meant
        ? `did you mean '${meant}'?`
        : `the keys are ${Object.keys(fields).join(', ')}; a recipe's go under [recipe], or with several values under [grid]`,
    );
  }
  throw new UserError(`${path}: ${key}: ${issue.message}`, 'mend the file');
}
