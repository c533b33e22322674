/** A run in its folder, begun or gone on with by the `train` command. */
import { stringify } from 'smol-toml';
import * as v from 'valibot';
import { readingWords } from '../data/index.js';
import { writeWhole } from '../files/index.js';
import { faultIn, UserError } from '../ground/index.js';
import { checkRecipe, type Recipe } from '../model/index.js';
import {
  checkpointMark,
  hasCheckpoint,
  loadResult,
  RunFolder,
  replaceRunFiles,
  runFiles,
} from '../records/index.js';
import type { Task, TaskKind } from './task.js';

const KIND = 'run';

export interface RunPlan {
  readonly recipe: Recipe;
  /** Minibatches between comparisons with the reference. */
  readonly compareEvery: number;
  readonly verification: string;
  /** The float64 reference trains beside it. */
  readonly shadow?: boolean;
}

const planSchema = v.object({
  recipe: v.record(v.string(), v.unknown()),
  compareEvery: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  verification: v.string(),
  shadow: v.exactOptional(v.boolean()),
});

export const runTasks: TaskKind = {
  name: KIND,
  open(plan, id) {
    const result = v.safeParse(planSchema, plan);
    if (!result.success) throw new UserError(`${id} is no run: ${faultIn(result.issues)}`);
    return runTask({ ...result.output, recipe: checkRecipe(result.output.recipe, id) });
  },
};

export function runTask(plan: RunPlan): Task {
  const { recipe, compareEvery, verification, shadow } = plan;
  return {
    kind: KIND,
    plan,
    recipe,
    begin(path, { data, reading }) {
      const fresh = () => {
        const preset = writeWhole(path, 'recipe.toml', stringify(recipe));
        const beside = ['--compare-every', String(compareEvery), ...(shadow ? ['--shadow'] : [])];
        return ['--preset', preset, '--out', path, ...beside, ...readingWords(reading)];
      };
      const moved = reading.test === undefined ? [] : ['--test', reading.test];
      const words = hasCheckpoint(path) ? ['--resume', path, ...moved] : fresh();
      const where = data === undefined ? [] : ['--data', data];
      return ['train', ...words, ...where, '--verify', verification];
    },
    files: runFiles,
    mark: checkpointMark,
    replace: replaceRunFiles,
    requireResult(path) {
      if (!new RunFolder(path).isFinished()) throw new UserError(`${path} is not trained to its end`);
      loadResult(path);
    },
  };
}
