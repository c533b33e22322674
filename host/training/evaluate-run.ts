/** Puts what a run has learnt onto a device and evaluates it there. */
import { loadDataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { formatsOf } from '../model/formats.js';
import { evaluationIterations } from '../model/recipe.js';
import { Bench, type DeviceChoice } from './bench.js';
import { dataHash, requireSameData } from './data-hash.js';
import { evaluate } from './evaluation.js';
import { requireFit } from './fit.js';
import { Learner } from './learner.js';
import { MinibatchSource } from './minibatch.js';
import type { Progress } from './progress.js';
import { loadResult } from './saved-run.js';

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

/**
 * @param set `test` or `training`
 * @param data another data set's folder; the run's own if undefined, which must then be what it was
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
  const { state, parameters, note } = loadResult(folder);
  const { recipe, position } = state;
  const dataset = await loadDataset(data ?? state.data);
  requireFit(recipe, dataset);
  if (data === undefined && state.dataHash !== undefined)
    requireSameData(folder, state.dataHash, dataset, dataHash(dataset));
  const samples = dataset[set];
  const bench = await Bench.open(choice, formatsOf(recipe).storage);
  try {
    const learner = new Learner(bench.endpoint, recipe);
    await learner.configure();
    await learner.load(parameters, position.step, BigInt(`0x${position.digest}`));
    const { wrong } = await evaluate(learner, bench.tensors, undefined, {
      source: new MinibatchSource(samples, dataset.pixels),
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
    return { set, samples: samples.count, wrong, error, checked, ...(note !== undefined && { note }) };
  } finally {
    await bench.close();
  }
}
