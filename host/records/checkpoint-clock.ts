/** Training takes at least so many times as long as the saving before it. */
const TIMES_SAVING = 9;

/** When time asks for a checkpoint: at intervals, longer ones where saving would take over a tenth of the run. */
export class CheckpointClock {
  #due: number;

  /**
   * @param interval milliseconds between checkpoints, at least
   * @param now milliseconds since any moment
   */
  constructor(
    private readonly interval: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#due = now() + interval;
  }

  get isDue(): boolean {
    return this.now() >= this.#due;
  }

  /** Saves; the interval to the next checkpoint begins when that is done. */
  async save(work: () => Promise<void>): Promise<void> {
    const began = this.now();
    await work();
    const ended = this.now();
    this.#due = ended + Math.max(this.interval, TIMES_SAVING * (ended - began));
  }
}
