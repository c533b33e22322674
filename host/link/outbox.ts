/**
 * The numbered requests that are not done: waiting to be sent, or sent. Of each at most one copy is ever under way that
 * was not lost, so that the device's window bounds what its buffer must hold. No clock and no line: those are the link's.
 */

export interface OutboxLimits {
  /** Sequence of the first request. */
  readonly first: number;
  /** Encoded bytes that may be under way. */
  readonly room: number;
  /** Replies that the device keeps to send again. */
  readonly replySlots: number;
}

/** Who waits for a reply. */
export interface Expectation {
  resolve(payload: Uint8Array): void;
  reject(error: Error): void;
}

export interface Numbered {
  /** The message's name. */
  readonly kind: string;
  /** Type of the reply's frame; undefined for quiet requests, which are done when acknowledged. */
  readonly replyType: number | undefined;
  readonly expectation: Expectation | undefined;
  readonly sequence: number;
  readonly encoded: Uint8Array;
  /** Counts the requests that are replied to. */
  readonly ordinal: number;
  sends: number;
  /** In milliseconds. */
  readonly queued: number;
  /** When it was sent last, or else queued; in milliseconds. */
  since: number;
}

const SEQUENCES = 0x10000;

/** Whether a sequence is `reference` or one of the half of all that follow it. */
function isFrom(sequence: number, reference: number): boolean {
  return (sequence - reference + SEQUENCES) % SEQUENCES < SEQUENCES / 2;
}

export class Outbox {
  readonly #room: number;
  readonly #replySlots: number;
  #next: number;
  /** Everything before has run. */
  #acknowledged: number;
  /** Everything before was sent at least once. */
  #reached: number;
  #ordinals = 0;
  #sent: Numbered[] = [];
  #waiting: Numbered[] = [];

  constructor({ first, room, replySlots }: OutboxLimits) {
    this.#next = first;
    this.#acknowledged = first;
    this.#reached = first;
    this.#room = room;
    this.#replySlots = replySlots;
  }

  /** The first sequence of which it is not known that it has run. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The first sequence that was never sent. */
  get reached(): number {
    return this.#reached;
  }

  /** Requests sent and not done, by age. */
  get sent(): readonly Numbered[] {
    return this.#sent;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether more waits than a window would take. */
  get isFull(): boolean {
    let bytes = 0;
    for (const { encoded } of this.#waiting) bytes += encoded.length;
    return bytes > this.#room;
  }

  get oldest(): Numbered | undefined {
    return this.#sent[0] ?? this.#waiting[0];
  }

  /** Queues a request; `encode` gets the sequence it is given. */
  add(
    kind: string,
    encode: (sequence: number) => Uint8Array,
    reply: { readonly type: number; readonly expectation: Expectation } | undefined,
    now: number,
  ): void {
    const sequence = this.#next;
    this.#next = (sequence + 1) % SEQUENCES;
    this.#waiting.push({
      kind,
      replyType: reply?.type,
      expectation: reply?.expectation,
      sequence,
      encoded: encode(sequence),
      ordinal: reply ? this.#ordinals++ : this.#ordinals,
      sends: 0,
      queued: now,
      since: now,
    });
  }

  /** The requests to send now. @param most bytes; the last may reach beyond them */
  take(now: number, most = Number.POSITIVE_INFINITY): readonly Numbered[] {
    const ready: Numbered[] = [];
    let taken = 0;
    let underWay = this.#underWay();
    let unanswered = this.#sent.find(({ expectation }) => expectation)?.ordinal;
    for (const next of this.#waiting) {
      if (taken >= most) break;
      const filled = underWay + next.encoded.length;
      if (underWay > 0 && filled > this.#room) break;
      if (next.expectation) {
        // The device keeps its last replies: the oldest one that may be asked for again must be among them.
        unanswered ??= next.ordinal;
        if (next.ordinal - unanswered >= this.#replySlots) break;
      }
      underWay = filled;
      taken += next.encoded.length;
      next.since = now;
      next.sends++;
      const after = (next.sequence + 1) % SEQUENCES;
      if (isFrom(after, this.#reached)) this.#reached = after;
      ready.push(next);
    }
    this.#waiting.splice(0, ready.length);
    this.#sent.push(...ready);
    return ready;
  }

  /** Everything before `expected` has run. Returns the quiet requests that are done with that. */
  acknowledge(expected: number): readonly Numbered[] {
    if (!isFrom(expected, this.#acknowledged)) return [];
    this.#acknowledged = expected;
    const isDone = ({ expectation, sequence }: Numbered) => !expectation && !isFrom(sequence, expected);
    const done = this.#sent.filter(isDone);
    if (done.length > 0) this.#sent = this.#sent.filter((request) => !isDone(request));
    return done;
  }

  /**
   * The requests to send again at once, since a line keeps its order: those before `expected`, whose replies were lost,
   * and that one itself if the device misses it. What was sent more than once before is among them if that is certain:
   * the second copy may be under way.
   */
  takeLost(expected: number, isMissing: boolean, isCertain: boolean, now: number): readonly Numbered[] {
    const lost = this.#sent.filter(
      ({ sequence, sends, expectation }) =>
        (isCertain || sends === 1) &&
        (sequence === expected ? isMissing : expectation && !isFrom(sequence, expected)),
    );
    for (const request of lost) {
      request.sends++;
      request.since = now;
    }
    return lost;
  }

  /** Whether a device that expects this sequence next would have run what was never sent. */
  isAhead(expected: number): boolean {
    return !isFrom(this.#reached, expected);
  }

  /** Whether a device that expects this sequence next may have run what it acknowledged. */
  isPlausible(expected: number): boolean {
    return isFrom(expected, this.#acknowledged) && !this.isAhead(expected);
  }

  /** Removes the request that a frame of this type, or of whatever type, replies to; if there is one. */
  answered(sequence: number, type?: number): Numbered | undefined {
    const index = this.#sent.findIndex(
      (request) =>
        request.sequence === sequence &&
        request.replyType !== undefined &&
        (type === undefined || request.replyType === type),
    );
    return index < 0 ? undefined : this.#sent.splice(index, 1)[0];
  }

  /** What was sent and is not done was lost, or its reply was: it waits again, before all else. */
  takeBack(): void {
    this.#waiting.unshift(...this.#sent);
    this.#sent = [];
  }

  /** Forgets every request. Returns who waited for one. */
  clear(): readonly Expectation[] {
    const all = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    return all.flatMap(({ expectation }) => expectation ?? []);
  }

  /** Bytes that the device may not have read. Of a second copy nothing is known before its reply is here. */
  #underWay(): number {
    let bytes = 0;
    for (const { sequence, sends, encoded } of this.#sent)
      if (sends > 1 || isFrom(sequence, this.#acknowledged)) bytes += encoded.length;
    return bytes;
  }
}
