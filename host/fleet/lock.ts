/** The right to a run, which a worker has as long as it renews it. */
import type { Job } from './engine.js';

/** Renews the right to a run, and ends the run where it was lost. */
export class Lock {
  readonly #abortion = new AbortController();
  readonly #timer: NodeJS.Timeout;
  /** Aborted where the run is to end: it is lost, or the worker is asked to. */
  readonly signal: AbortSignal;

  constructor(job: Job, token: string, duration: number, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#abortion.signal]);
    let isAsking = false;
    this.#timer = setInterval(async () => {
      if (isAsking) return;
      isAsking = true;
      // A store that does not answer yet is waited for.
      const renewed = await job.extendLock(token, duration).catch(() => 0);
      isAsking = false;
      if (renewed !== 1) this.#abortion.abort();
    }, duration / 3);
  }

  get isLost(): boolean {
    return this.#abortion.signal.aborted;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
