/** Puts what a run has learnt onto a device and evaluates it there. */
import { type ImageSet, loadSet, preparationOf, type SetName, setOf } from '../data/index.js';
import { UserError } from '../ground/index.js';
import { evaluationIterations, pictured, pixelsOf } from '../model/index.js';
import type { Progress } from '../records/index.js';
import { loadOwnData, loadResult, type SavedRun } from '../records/index.js';
import { evaluate, Learner, MinibatchSource, requireSuited } from '../training/index.js';
import { type DeviceChoice, openBench } from './open-bench.js';

export interface RunEvaluation {
  readonly set: string;
  readonly samples: number;
  readonly wrong: number;
  /** Percent. */
  readonly error: number;
  /** Replies found equal to the twin's. */
  readonly checked: number;
  readonly note?: string;
}

/** The images of another data set, made as those were that the run was trained on. */
function othersImages(
  set: SetName,
  data: string,
  { reading = {}, ...state }: SavedRun['state'],
): Promise<ImageSet> {
  // Its test set is its own.
  const { test: _, ...form } = reading;
  return loadSet(set, data, form, preparationOf(state));
}

/**
 * @param set `test` or `training`
 * @param data where another data set is, of which that set alone is read, and scaled as the run's own; the run's if undefined,
 *   which must then be what it was
 */
export async function evaluateRun(
  folder: string,
  choice: DeviceChoice,
  set: string,
  data: string | undefined,
  onProgress: (progress: Progress) => void,
): Promise<RunEvaluation> {
  if (set !== 'test' && set !== 'training')
    throw new UserError(`there is no set '${set}'`, "it is 'test' or 'training'");
  const saved = loadResult(folder);
  const { state, parameters } = saved;
  const { recipe, position } = state;
  const images =
    data === undefined
      ? setOf((await loadOwnData(saved)).dataset, set)
      : await othersImages(set, data, state);
  const note = [saved.note, ...(images.notes ?? [])].filter((one) => one !== undefined).join('; ');
  requireSuited(folder, state, images);
  const { samples } = images;
  const bench = await openBench(choice, recipe);
  try {
    const learner = new Learner(bench.endpoint, pictured(recipe, state.picture));
    await learner.configure();
    await learner.load(parameters, position.step, BigInt(`0x${position.digest}`));
    const { wrong } = await evaluate(learner, bench.tensors, undefined, {
      source: new MinibatchSource(samples, pixelsOf(images)),
      from: 0,
      to: samples.count,
      minibatch: recipe.minibatch,
      iterations: evaluationIterations(recipe),
      onProgress: (done, soFar) =>
        onProgress({
          phase: 'test',
          epoch: recipe.epochs,
          epochs: recipe.epochs,
          done,
          total: samples.count,
          wrong: soFar,
          checked: bench.endpoint.checked,
        }),
    });
    const { checked } = bench.endpoint;
    const error = (100 * wrong) / samples.count;
    return { set, samples: samples.count, wrong, error, checked, ...(note !== '' && { note }) };
  } finally {
    await bench.close();
  }
}
