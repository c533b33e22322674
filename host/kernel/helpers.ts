/** Threads that help a kernel: they share its examples and its rows of weights, and change no bit of its results. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { UserError } from '../ground/index.js';
import type { Kernel } from './kernel.js';

/** The leader is one of the sixteen that the kernel has room for. */
export const MAX_THREADS = 16;

export class Helpers {
  private constructor(
    private readonly kernel: Kernel,
    private readonly workers: readonly Worker[],
  ) {}

  /**
   * Has threads help from the kernel's next CONFIGURE on.
   * @param threads the kernel's own counted: 1 … `MAX_THREADS`
   * @throws `UserError` where this runtime's modules cannot share memory, or a thread does not start
   */
  static async start(kernel: Kernel, threads: number): Promise<Helpers> {
    const { shared } = kernel;
    if (threads > 1 && !shared)
      throw new UserError(
        'this kernel cannot be shared by threads: its memory is its own',
        'run it on one thread, or on a host whose WebAssembly has SIMD and threads',
      );
    const workers = Array.from(
      { length: threads - 1 },
      () => new Worker(new URL('./helper-worker.js', import.meta.url), { workerData: shared, execArgv: [] }),
    );
    const helpers = new Helpers(kernel, workers);
    let failure: Error | undefined;
    for (const worker of workers) {
      worker.unref();
      worker.on('error', (error) => {
        failure = error;
      });
    }
    while (kernel.helpers < workers.length && !failure) await sleep(1);
    if (!failure) return helpers;
    await helpers.close();
    throw new UserError(`a thread did not start: ${failure.message}`, 'ask for fewer threads', {
      cause: failure,
    });
  }

  /** Ends the threads; the kernel goes on alone with its next CONFIGURE. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
    this.kernel.dismissHelpers();
  }
}
