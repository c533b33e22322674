/** Keeps a few things under way at once, and finishes them in the order they were begun. */
export class Pipeline {
  #underWay: Promise<void>[] = [];

  constructor(private readonly depth: number) {}

  /** Begins to wait for `work`; resolves once fewer than `depth` are under way. */
  async add(work: Promise<void>): Promise<void> {
    // A failure is told by whoever waits for it next, in order.
    work.catch(() => undefined);
    this.#underWay.push(work);
    while (this.#underWay.length >= this.depth) await this.#underWay.shift();
  }

  async drain(): Promise<void> {
    while (this.#underWay.length > 0) await this.#underWay.shift();
  }
}
