/**
 * One relaxes, the next is in the device's buffer, the third is on the line; and as many again while something lost is on
 * its way a second time. The link sends as many of them as the device has room for.
 */
export const DEPTH = 8;

/** Keeps a few things under way at once, and finishes them in the order they were begun. */
export class Pipeline {
  #underWay: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly depth = DEPTH) {}

  /**
   * Lets `finish` have what `work` comes to, once all before is finished; resolves once fewer than `depth` are under
   * way. After a failure nothing is finished any more.
   */
  async add<T>(work: Promise<T>, finish: (result: T) => void): Promise<void> {
    const done = Promise.all([this.#last, work]).then(([, result]) => finish(result));
    // A failure is told by whoever waits for it next.
    done.catch(() => undefined);
    this.#last = done;
    this.#underWay.push(done);
    while (this.#underWay.length >= this.depth) await this.#underWay.shift();
  }

  async drain(): Promise<void> {
    while (this.#underWay.length > 0) await this.#underWay.shift();
  }
}
