/**
 * The bytes that a line has taken and, by its speed, not yet passed on. What is given to it sooner than it can pass it
 * on only lengthens its queue, and what must be sent again waits behind that.
 */

/** Milliseconds of a line's bytes that may queue in it: as late as a busy host may come with the next. */
const QUEUE = 10;
/** A frame with an image and one with rates: slow lines queue as much, that none is idle between two frames. */
const LEAST_QUEUE = 256;

export class Pace {
  readonly #perMillisecond: number;
  readonly #most: number;
  #queued = 0;
  #at = 0;

  /** @param bytesPerSecond Infinity: nothing queues */
  constructor(bytesPerSecond: number) {
    if (!(bytesPerSecond > 0)) throw new RangeError(`a line of ${bytesPerSecond} bytes a second`);
    this.#perMillisecond = bytesPerSecond / 1000;
    this.#most = Math.max(QUEUE * this.#perMillisecond, LEAST_QUEUE);
  }

  /** Bytes that may be given to the line now; what is begun with room for a byte may be given whole. */
  room(now: number): number {
    return this.#most - this.#drain(now);
  }

  note(bytes: number, now: number): void {
    if (Number.isFinite(this.#perMillisecond)) this.#queued = this.#drain(now) + bytes;
  }

  /** Milliseconds until half of the queue is free. */
  wait(now: number): number {
    if (!Number.isFinite(this.#perMillisecond)) return 0;
    return Math.max(0, (this.#drain(now) - this.#most / 2) / this.#perMillisecond);
  }

  #drain(now: number): number {
    const passed = (now - this.#at) * this.#perMillisecond;
    this.#queued = passed < this.#queued ? this.#queued - passed : 0;
    this.#at = now;
    return this.#queued;
  }
}
