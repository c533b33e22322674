/**
 * When a device is given up. Only what was asked for counts as a sign of life: a device that talks and talks, and
 * answers nothing, is as good as a silent one. One that answers polls alone is given up too, later.
 */

import { ConnectionLost, UntrueError } from '../endpoint/index.js';
import { count, duration, type UserError } from '../ground/index.js';

/** Times the patience for which a device may answer polls and run none of the requests. */
const STALL = 4;

/** A request that waits for its answer: its name, and when it was queued and last sent, in milliseconds. */
export interface Overdue {
  readonly kind: string;
  readonly queued: number;
  readonly since: number;
}

export class VitalSigns {
  #answered: number;
  #progressed: number;
  /** Since the last answer, what is no answer. */
  #frames = 0;
  #bytes = 0;
  #lastFrame = Number.NEGATIVE_INFINITY;

  /** @param patience milliseconds */
  constructor(
    private readonly patience: number,
    now: number,
  ) {
    this.#answered = now;
    this.#progressed = now;
  }

  /** Bytes of whatever sort have arrived. */
  hear(bytes: number): void {
    this.#bytes += bytes;
  }

  /** A whole frame came that nobody asked for. */
  note(now: number): void {
    this.#frames++;
    this.#lastFrame = now;
  }

  /** Something came that was asked for. */
  answer(now: number): void {
    this.#answered = now;
    this.#frames = 0;
    this.#bytes = 0;
  }

  /** A request was run. */
  progress(now: number): void {
    this.answer(now);
    this.#progressed = now;
  }

  /** Milliseconds left for the oldest request. */
  left(now: number, oldest: Overdue): number {
    return this.patience - this.#silence(now, oldest);
  }

  /** Why the device must be given up, if it must. */
  verdict(now: number, oldest: Overdue): UserError | undefined {
    const stall = now - Math.max(this.#progressed, oldest.queued);
    if (stall >= STALL * this.patience)
      return new ConnectionLost(
        `the device answers, but for ${duration(Math.round(stall / 1000))} it has run nothing that it was sent (${oldest.kind})`,
        'is the line so bad that no whole request passes?',
      );
    const silence = this.#silence(now, oldest);
    if (silence < this.patience) return undefined;
    if (now - this.#lastFrame < this.patience / 2)
      return new UntrueError(
        `the device answers nothing that it is asked (${oldest.kind}), and has sent ${this.#frames} other frames for ${duration(Math.round(silence / 1000))}`,
      );
    const noise = this.#bytes > 0 ? `, but for ${count(this.#bytes)} bytes that are no answer` : '';
    return new ConnectionLost(
      `the device has been silent for ${duration(Math.round(silence / 1000))}${noise}`,
      'was it unplugged, is the baud rate wrong, or does it compute for longer (--patience)?',
    );
  }

  #silence(now: number, { since }: Overdue): number {
    return now - Math.max(this.#answered, since);
  }
}
