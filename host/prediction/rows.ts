/** Predicts rows of features as they come. */
import type { Readable } from 'node:stream';
import { featureRows, STREAM } from '../data/index.js';
import { UserError } from '../ground/index.js';
import type { Model, Prediction } from './model.js';

export interface PredictedRow extends Prediction {
  /** A line of the file or stream, from 1 on. */
  readonly line: number;
  /** Name of the class that the row tells itself: perhaps one that the model does not know. */
  readonly truth?: string;
}

/**
 * Predicts each row of a CSV file or a stream of such lines, each as soon as it has come.
 * @param source a file's path, or the stream
 * @param signal when aborted, there are no more
 * @throws `UserError` that names line and column of whatever is no example
 */
export async function* predictRows(
  model: Model,
  source: string | Readable,
  signal?: AbortSignal,
): AsyncGenerator<PredictedRow> {
  const name = typeof source === 'string' ? source : STREAM;
  const rows = featureRows(source, model.reading, model.features, signal);
  for await (const { line, features, label } of rows) {
    const answer = at(`${name}, line ${line}`, () => model.predict(features));
    yield { ...answer, line, ...(label !== undefined && { truth: label }) };
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
