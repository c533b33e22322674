/** Predicts examples as they come: rows of features, or whatever else data may be in. */
import type { Readable } from 'node:stream';
import { examplesIn, STREAM } from '../data/index.js';
import { UserError } from '../ground/index.js';
import type { Model, Prediction } from './model.js';

export interface PredictedRow extends Prediction {
  /** Its name within what it is from: `line 17`, `row 3` of an array, a picture's file. */
  readonly name: string;
  /** A line of a file or stream, from 1 on. */
  readonly line?: number;
  /** Name of the class that the example tells itself: perhaps one that the model does not know. */
  readonly truth?: string;
}

/**
 * Predicts each example of a file or folder, or each row of a stream of lines as CSV has them, as soon as it has come.
 * @param source a stream; or the path of a CSV file, of `.npy` or `.npz` arrays, of a PNG picture or a folder of them, of IDX
 *   images or a folder of IDX files. Of what holds two sets the test set is taken
 * @param signal when aborted, there are no more
 * @param onNote told what is worth a word, before the first example
 * @throws `UserError` that names the place of whatever is no example
 */
export async function* predictRows(
  model: Model,
  source: string | Readable,
  signal?: AbortSignal,
  onNote?: (note: string) => void,
): AsyncGenerator<PredictedRow> {
  const whole = typeof source === 'string' ? source : STREAM;
  for await (const { features, label, ...place } of examplesIn(source, model, signal, onNote)) {
    const answer = at(`${whole}, ${place.name}`, () => model.predict(features));
    yield { ...answer, ...place, ...(label !== undefined && { truth: label }) };
  }
}

function at<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${place}, ${error.message}`, error.hint, { cause: error });
  }
}
