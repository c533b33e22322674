/**
 * Wishes that the program end: signals, a standard stream that can be written to no more, the end of whoever started
 * it. The first one lets the work save what it has; a signal that comes later ends the program at once.
 */

/** Scripts can tell an interrupted run by it, as shells do. */
export const INTERRUPTED = 130;

/** The exit status of a command that was interrupted: an error's, where one has been told that ended it. */
export function interruptedStatus(): number {
  return Number(process.exitCode || INTERRUPTED);
}

/** Milliseconds in which signals are one wish: a terminal that closes, or npm, sends more than one. */
const ONE_WISH = 1000;

export type Cause = NodeJS.Signals | 'lost stream' | 'lost starter';

interface Work {
  readonly interrupt: (cause: Cause) => void;
  /** There is something to save. */
  hasStarted: boolean;
}

export class Interruption {
  #work: Work | undefined;
  #isAsked = false;
  #hasLost = false;
  #firstSignal: number | undefined;

  /**
   * @param end ends the program at once
   * @param now milliseconds
   */
  constructor(
    private readonly end: () => void,
    private readonly now: () => number,
  ) {}

  signalled(signal: NodeJS.Signals): void {
    if (this.#firstSignal !== undefined && this.now() - this.#firstSignal >= ONE_WISH) this.end();
    this.#firstSignal ??= this.now();
    this.#ask(signal);
  }

  /** A command that is quickly done needs no stream to do it. */
  lostStream(): void {
    this.#hasLost = true;
    if (this.#work) this.#ask('lost stream');
  }

  lostStarter(): void {
    this.#ask('lost starter');
  }

  /**
   * @param interrupted tells that the work ends
   * @param work is told to end by `signal`; before it calls `started` there is nothing to save
   */
  async during<T>(
    interrupted: (cause: Cause) => void,
    work: (signal: AbortSignal, started: () => void) => Promise<T>,
  ): Promise<T> {
    const abortion = new AbortController();
    const interrupt = (cause: Cause) => {
      abortion.abort();
      interrupted(cause);
    };
    const own: Work = { interrupt, hasStarted: false };
    this.#work = own;
    if (this.#hasLost) this.lostStream();
    try {
      return await work(abortion.signal, () => {
        own.hasStarted = true;
      });
    } finally {
      this.#work = undefined;
    }
  }

  #ask(cause: Cause): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    if (this.#work?.hasStarted) this.#work.interrupt(cause);
    else this.end();
  }
}

export const interruption = new Interruption(
  () => process.exit(interruptedStatus()),
  () => performance.now(),
);

export const interruptible: Interruption['during'] = (interrupted, work) =>
  interruption.during(interrupted, work);
