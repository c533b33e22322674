/**
 * The numbered requests that are not done: waiting to be sent, or sent. Of each one copy is under way; for second copies
 * of what seems lost there is a little room of its own, so that the device's window bounds what its buffer must hold. No
 * clock and no line: those are the link's.
 */

export interface OutboxLimits {
  /** Sequence of the first request. */
  readonly first: number;
  /** Encoded bytes that may be under way. */
  readonly room: number;
  /** Bytes of second copies that may be under way beside them. */
  readonly copies: number;
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

function sizeOf(requests: readonly Numbered[]): number {
  return requests.reduce((sum, { encoded }) => sum + encoded.length, 0);
}

function resent(requests: readonly Numbered[], now: number): readonly Numbered[] {
  for (const request of requests) {
    request.sends++;
    request.since = now;
  }
  return requests;
}

export class Outbox {
  readonly #room: number;
  readonly #copyRoom: number;
  readonly #replySlots: number;
  #next: number;
  /** Everything before has run. */
  #acknowledged: number;
  /** Everything before was sent at least once. */
  #reached: number;
  #ordinals = 0;
  #sent: Numbered[] = [];
  #waiting: Numbered[] = [];
  #waitingBytes = 0;
  /** Second copies that may be under way: until what was first sent after one has run. */
  #copies: { readonly bytes: number; readonly until: number }[] = [];

  constructor({ first, room, copies, replySlots }: OutboxLimits) {
    this.#next = first;
    this.#acknowledged = first;
    this.#reached = first;
    this.#room = room;
    this.#copyRoom = copies;
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
    return this.#waitingBytes > this.#room;
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
    const encoded = encode(sequence);
    this.#waitingBytes += encoded.length;
    this.#waiting.push({
      kind,
      replyType: reply?.type,
      expectation: reply?.expectation,
      sequence,
      encoded,
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
    this.#waitingBytes -= taken;
    this.#sent.push(...ready);
    return ready;
  }

  /** Everything before `expected` has run. Returns the quiet requests that are done with that. */
  acknowledge(expected: number): readonly Numbered[] {
    if (!isFrom(expected, this.#acknowledged)) return [];
    this.#acknowledged = expected;
    this.#copies = this.#copies.filter(({ until }) => isFrom(until, expected));
    const isDone = ({ expectation, sequence }: Numbered) => !expectation && !isFrom(sequence, expected);
    const done = this.#sent.filter(isDone);
    if (done.length > 0) this.#sent = this.#sent.filter((request) => !isDone(request));
    return done;
  }

  /**
   * The requests to send again at once, since a line keeps its order: those before `expected`, whose replies were lost,
   * and from there on as many as the device misses. Once each: of what is lost again only a poll can tell. None if there
   * is no room for a copy, or it is the expected one that was lost again.
   */
  repeat(expected: number, missing: number, now: number): readonly Numbered[] {
    const lost = this.#lost(expected, missing).filter(({ sends }) => sends === 1);
    const bytes = sizeOf(lost);
    const room = this.#copyRoom - this.#copies.reduce((sum, copy) => sum + copy.bytes, 0);
    if (bytes > room || (missing > 0 && lost.every(({ sequence }) => sequence !== expected))) return [];
    if (lost.length > 0) this.#copies.push({ bytes, until: this.#reached });
    return resent(lost, now);
  }

  /** The same after a poll's answer, before which all that was under way was read or lost. */
  repeatSettled(expected: number, missing: number, now: number): readonly Numbered[] {
    this.#copies = [];
    return resent(this.#lost(expected, missing), now);
  }

  #lost(expected: number, missing: number): readonly Numbered[] {
    const end = (expected + missing) % SEQUENCES;
    return this.#sent.filter(({ sequence, expectation }) =>
      isFrom(sequence, expected) ? !isFrom(sequence, end) : expectation !== undefined,
    );
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
    this.#waitingBytes += sizeOf(this.#sent);
    this.#waiting.unshift(...this.#sent);
    this.#sent = [];
    this.#copies = [];
  }

  /** Forgets every request. Returns who waited for one. */
  clear(): readonly Expectation[] {
    const all = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
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
