/** Evaluation: free phases only, nothing learnt. */
import { readStates, type Tensors } from '../endpoint/index.js';
import type { PersistentStates } from '../records/index.js';
import type { ReferenceThread } from '../verification/index.js';
import type { Learner } from './learner.js';
import type { MinibatchSource } from './minibatch.js';
import { Pipeline } from './pipeline.js';

export interface EvaluationTask {
  readonly source: MinibatchSource;
  /** Examples `from` … `to` − 1. */
  readonly from: number;
  readonly to: number;
  readonly minibatch: number;
  /** Iterations of the free phase, at most. */
  readonly iterations: number;
  /** Where phases start, and where the states they settle in are kept; zero if absent. */
  readonly states?: PersistentStates;
  readonly onProgress?: (done: number, wrong: number) => void;
  /** When aborted, nothing more is begun: the result is only that of the examples before. */
  readonly signal?: AbortSignal;
}

export interface EvaluationResult {
  readonly predictions: Uint8Array;
  readonly wrong: number;
  readonly referenceWrong: number;
}

export async function evaluate(
  learner: Learner,
  tensors: Tensors,
  reference: ReferenceThread | undefined,
  task: EvaluationTask,
): Promise<EvaluationResult> {
  const { formats } = learner;
  const { units } = learner.graph;
  const { source, from, to, minibatch, iterations, states, onProgress, signal } = task;
  const predictions = new Uint8Array(to - from);
  const pipeline = new Pipeline();
  let wrong = 0;
  let referenceWrong = 0;
  for (let at = from; at < to && !signal?.aborted; at += minibatch) {
    const batch = source.take(Uint32Array.from({ length: Math.min(minibatch, to - at) }, (_, n) => at + n));
    const { indices, images, labels } = batch;
    await learner.stage(batch, states);
    const reply = learner.evaluate(indices.length, iterations);
    const settled = states && readStates(tensors, 'free', indices.length, units, formats.storage);
    const start = states ? 'persistent' : 'zero';
    const shadow = reference?.run({
      kind: 'evaluate',
      batch: { indices, images, labels },
      iterations,
      start,
    });
    await pipeline.add(Promise.all([reply, settled, shadow]), ([answer, free, shadowWrong]) => {
      predictions.set(answer.predictions, at - from);
      for (let n = 0; n < indices.length; n++) wrong += Number(answer.predictions[n] !== labels[n]);
      if (free) states?.keep(indices, free);
      referenceWrong += shadowWrong ?? 0;
      onProgress?.(at + indices.length - from, wrong);
    });
  }
  await pipeline.drain();
  return { predictions, wrong, referenceWrong };
}
