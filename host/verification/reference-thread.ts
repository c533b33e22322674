/** The float64 reference in a thread of its own, beside the device. */
import { WorkerQueue } from '../ground/index.js';
import type { ReferenceAnswers, ReferenceOptions, ReferenceTask } from './reference-worker.js';

type Kind = ReferenceTask['kind'];

export class ReferenceThread {
  readonly #queue: WorkerQueue<ReferenceTask, ReferenceAnswers[Kind]>;

  constructor(options: ReferenceOptions) {
    const script = new URL('./reference-worker.js', import.meta.url);
    this.#queue = new WorkerQueue('the reference', script, options);
  }

  /** Tasks run in the order they are given. */
  run<K extends Kind>(task: Extract<ReferenceTask, { readonly kind: K }>): Promise<ReferenceAnswers[K]> {
    // The thread answers a task with its own kind's answer.
    return this.#queue.ask(task) as Promise<ReferenceAnswers[K]>;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}
