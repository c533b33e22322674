/** The right to a task, which a worker has as long as it renews it. */
import type { Job } from './engine.js';

/** Renews the right to a task, and ends the task where it was lost. */
export class Lock {
  readonly #abortion = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #renewing: Promise<boolean> | undefined;
  /** Aborted where the task is to end: it is lost, or the worker is asked to. */
  readonly signal: AbortSignal;

  /** @param duration milliseconds for which the right is had at a time */
  constructor(
    private readonly job: Pick<Job, 'extendLock'>,
    private readonly token: string,
    private readonly duration: number,
    signal: AbortSignal,
  ) {
    this.signal = AbortSignal.any([signal, this.#abortion.signal]);
    this.#timer = setInterval(() => this.renew(), duration / 3);
  }

  get isLost(): boolean {
    return this.#abortion.signal.aborted;
  }

  /** Resolves with false where it is lost. A store that does not answer yet is waited for. */
  async renew(): Promise<boolean> {
    this.#renewing ??= this.#ask().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<boolean> {
    const renewed = await this.job.extendLock(this.token, this.duration).catch(() => 0);
    if (renewed !== 1) this.#abortion.abort();
    return renewed === 1;
  }
}
