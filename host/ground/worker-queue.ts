/** A worker thread that answers the tasks it is given one by one, in order. */
import { Worker } from 'node:worker_threads';

interface Expectation<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerQueue<Task, Answer> {
  readonly #worker: Worker;
  #expectations: Expectation<Answer>[] = [];
  #failure: Error | undefined;

  /**
   * @param name what the thread is, in errors
   * @param script of the thread: posts one answer for every task posted to it
   * @param workerData what the script starts with
   */
  constructor(name: string, script: URL, workerData: unknown) {
    this.#worker = new Worker(script, { workerData, execArgv: [] });
    this.#worker.on('message', (answer: Answer) => this.#expectations.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(new Error(`${name} stopped: ${error.message}`)));
    this.#worker.on('exit', () => this.#fail(new Error(`${name} has stopped`)));
  }

  /** Rejects where the thread failed on this task or an earlier one, or was closed. */
  ask(task: Task): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#expectations.push({ resolve, reject });
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
