/** The float64 reference in a thread of its own, beside the device. */
import { Worker } from 'node:worker_threads';
import type { ReferenceAnswers, ReferenceOptions, ReferenceTask } from './reference-worker.js';

interface Expectation {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ReferenceThread {
  readonly #worker: Worker;
  #expectations: Expectation[] = [];
  #failure: Error | undefined;

  constructor(options: ReferenceOptions) {
    this.#worker = new Worker(new URL('./reference-worker.js', import.meta.url), {
      workerData: options,
      execArgv: [],
    });
    this.#worker.on('message', (answer: unknown) => this.#expectations.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(new Error(`the reference stopped: ${error.message}`)));
    this.#worker.on('exit', () => this.#fail(new Error('the reference has stopped')));
  }

  /** Tasks run in the order they are given. */
  run<K extends ReferenceTask['kind']>(
    task: Extract<ReferenceTask, { readonly kind: K }>,
  ): Promise<ReferenceAnswers[K]> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#expectations.push({ resolve: (answer) => resolve(answer as ReferenceAnswers[K]), reject });
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#expectations.splice(0)) reject(this.#failure);
  }
}
