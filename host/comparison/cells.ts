/** A grid's cells: one recipe each. Cells that differ in nothing but the seed are a group. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { reasonOf, UserError } from '../ground/index.js';
import { checkRecipe, type Recipe, type RecipeKey, recipeKeys } from '../model/index.js';
import type { Grid, RecipeValues } from './grid.js';

export interface Cell {
  /** Readable, and fit for a folder's name. */
  readonly id: string;
  /** The key that the cells of its group share. */
  readonly group: string;
  readonly seed: number;
  /** Its values of the keys that the grid names, the seed aside. */
  readonly settings: RecipeValues;
  /** Nothing where no such recipe can be. */
  readonly recipe?: Recipe;
  /** Why not. */
  readonly impossible?: string;
}

/** All combinations, the first keys varying slowest, seeds fastest. */
export function cellsOf({ recipe, alternatives, preset }: Grid): readonly Cell[] {
  const { seed: seeds = [recipe.seed ?? 1], ...others } = alternatives;
  const keys = recipeKeys.filter((key) => key in others);
  const combinations = keys.reduce<readonly RecipeValues[]>(
    (before, key) => before.flatMap((values) => others[key].map((value) => ({ ...values, [key]: value }))),
    [{}],
  );
  return combinations.flatMap((settings) => {
    const group = settingsId(settings) || basename(preset, '.toml').replace(/\W+/g, '-');
    return seeds.map((seed): Cell => {
      const id = shortened(`${group}_seed-${seed}`);
      const common = { id, group, seed: Number(seed), settings };
      return { ...common, ...tryRecipe({ ...recipe, ...settings, seed }, id) };
    });
  });
}

function tryRecipe(values: RecipeValues, id: string): Pick<Cell, 'recipe' | 'impossible'> {
  try {
    return { recipe: checkRecipe(values, id) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { impossible: reasonOf(error).replace(`${id}: `, '') };
  }
}

/** Keys whose values say by themselves what they are. */
const PLAIN: ReadonlySet<string> = new Set<RecipeKey>([
  'network',
  'rounding',
  'relaxation',
  'nudging',
  'schedule',
]);
const SHORT: Readonly<Record<string, string>> = { weights: 'w', states: 's' };

/** `w-Q1.14_s-Q3.12_exact` */
export function settingsId(settings: RecipeValues): string {
  return Object.entries(settings)
    .map(([key, value]) => {
      const written = String(value).replace(/[^\w.-]+/g, '+');
      return PLAIN.has(key) ? written : `${SHORT[key] ?? key}-${written}`;
    })
    .join('_');
}

/** File systems end names at 255 bytes, some paths sooner. */
const LONGEST = 120;

function shortened(id: string): string {
  if (id.length <= LONGEST) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return `${id.slice(0, LONGEST - 9)}-${hash}`;
}

export type RunnableCell = Cell & { readonly recipe: NonNullable<Cell['recipe']> };

/** A recipe as the float64 reference trains it, which has no formats and rounds nothing. */
export interface ReferenceJob {
  readonly id: string;
  readonly recipe: Recipe;
  /** The cells it is the reference of. */
  readonly cells: readonly string[];
}

const FORMAT_KEYS: ReadonlySet<string> = new Set<RecipeKey>(['weights', 'states', 'rounding']);

/** One reference for all cells that differ in formats and rounding alone. */
export function referencesOf(cells: readonly Cell[]): readonly ReferenceJob[] {
  const jobs = new Map<string, { id: string; recipe: Recipe; cells: string[] }>();
  for (const { id, settings, seed, recipe } of cells) {
    if (!recipe) continue;
    const { weights: _w, states: _s, rounding: _r, description: _d, ...formatless } = recipe;
    const key = JSON.stringify(formatless);
    const varied = Object.entries(settings).filter(([name]) => !FORMAT_KEYS.has(name));
    const name = [settingsId(Object.fromEntries(varied)), `seed-${seed}`].filter((part) => part).join('_');
    const job = jobs.get(key) ?? { id: shortened(name), recipe, cells: [] };
    job.cells.push(id);
    jobs.set(key, job);
  }
  return [...jobs.values()];
}
