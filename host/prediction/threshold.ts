/** The score under which an answer is no answer: chosen on examples that the run kept for its validation. */
import type { Dataset } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { parseRange } from '../model/index.js';
import { loadOwnData, loadResult, type SavedRun } from '../records/index.js';
import { Model } from './model.js';

/** Share of right answers that may be rejected. */
const REJECTED = 1 / 100;
/** Examples that are asked, evenly spread over the range: more change little, and take long. */
const MOST_EXAMPLES = 2000;

const INSTEAD = 'give the least score yourself, as --threshold 0.5; --threshold none rejects nothing';

/**
 * Chooses the score under which an answer is to be rejected: of the right answers to the run's validation examples, 1 % at
 * most lie below it.
 * @param data where the data set is now, if it is not where it was, or the data themselves
 * @throws `UserError` where the run kept no examples for validation, or they are gone
 */
export async function chooseThreshold(folder: string, data?: string | Dataset): Promise<number> {
  return thresholdFor(loadResult(folder), data);
}

/** The same of a run that is loaded. */
export async function thresholdFor(run: SavedRun, data?: string | Dataset): Promise<number> {
  const { folder, state } = run;
  const { validation } = state.recipe;
  if (validation === 'none')
    throw new UserError(`${folder} kept no validation examples to choose a threshold on`, INSTEAD);
  const { training, pixels } = await ownData(run, data);
  const [from, to] = parseRange(validation);
  const model = new Model(run);
  const count = Math.min(to - from, MOST_EXAMPLES);
  const right: number[] = [];
  for (let n = 0; n < count; n++) {
    const example = from + Math.floor((n * (to - from)) / count);
    const { label, score } = model.predictInputs(
      training.images.subarray(example * pixels, (example + 1) * pixels),
    );
    if (label === training.labels[example]) right.push(score);
  }
  return thresholdOf(right, folder);
}

/** The greatest score below which no more than their share of right answers lie. */
function thresholdOf(scores: readonly number[], folder: string): number {
  if (scores.length === 0)
    throw new UserError(`${folder} answers none of its validation examples rightly`, INSTEAD);
  return [...scores].sort((a, b) => a - b)[Math.floor(REJECTED * scores.length)];
}

async function ownData(run: SavedRun, data: string | Dataset | undefined): Promise<Dataset> {
  try {
    return (await loadOwnData(run, data)).dataset;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`the validation examples of ${run.folder} are gone: ${error.message}`, INSTEAD, {
      cause: error,
    });
  }
}
