/** Few timers, and little beside what a minibatch takes. */
const GRAIN = 5;

/** One direction of a line: passes bytes on in order, at the line's speed, in chunks of any sizes. */
export class OneWay {
  readonly #deliver: (bytes: Uint8Array) => void;
  readonly #chunkSize: () => number;
  readonly #grain: number;
  #bytesPerSecond: number;
  #queue: Uint8Array[] = [];
  #held = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the line was last idle, and the bytes passed on since: the bytes due follow from the clock alone. */
  #since = 0;
  #passed = 0;

  /**
   * @param bytesPerSecond speed; Infinity delivers at once, within `push`
   * @param chunkSize the most bytes of the next delivery, asked each time
   * @param grain milliseconds of bytes that travel together
   */
  constructor(
    deliver: (bytes: Uint8Array) => void,
    bytesPerSecond: number,
    chunkSize: () => number,
    grain = GRAIN,
  ) {
    this.#deliver = deliver;
    this.#bytesPerSecond = bytesPerSecond;
    this.#chunkSize = chunkSize;
    this.#grain = grain;
  }

  /** Bytes taken and not delivered. */
  get held(): number {
    return this.#held;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#bytesPerSecond === Number.POSITIVE_INFINITY) {
      this.#pass(bytes);
      return;
    }
    if (this.#held === 0) this.#restart();
    this.#queue.push(bytes);
    this.#held += bytes.length;
    this.#arm();
  }

  /** Changes the speed, of held bytes too. */
  setSpeed(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#restart();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#arm();
  }

  /** Drops what is held. Returns how many bytes. */
  clear(): number {
    const dropped = this.#held;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = [];
    this.#held = 0;
    return dropped;
  }

  #restart(): void {
    this.#since = performance.now();
    this.#passed = 0;
  }

  #arm(): void {
    if (this.#timer || this.#held === 0) return;
    const perMillisecond = this.#bytesPerSecond / 1000;
    const together = Math.min(this.#held, Math.max(1, this.#grain * perMillisecond));
    const at = this.#since + (this.#passed + together) / perMillisecond;
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.ceil(at - performance.now())));
  }

  #tick(): void {
    this.#timer = undefined;
    const due = Math.floor(((performance.now() - this.#since) * this.#bytesPerSecond) / 1000) - this.#passed;
    let left = Math.min(due, this.#held);
    this.#passed += left;
    this.#held -= left;
    while (left > 0) {
      const [first] = this.#queue;
      const part = first.subarray(0, left);
      if (part.length < first.length) this.#queue[0] = first.subarray(part.length);
      else this.#queue.shift();
      left -= part.length;
      this.#pass(part);
    }
    this.#arm();
  }

  #pass(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const chunk = bytes.subarray(from, from + this.#chunkSize());
      from += chunk.length;
      this.#deliver(chunk);
    }
  }
}
