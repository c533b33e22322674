/**
 * The numbered requests that are not done: waiting to be sent, or sent. A line keeps its order: a request that the device
 * has not, although it has what was sent later, was lost, and goes again before all else; so does one that has run and
 * whose reply should have come before what came. No clock and no line: those are the link's.
 */

import { TOLD_REQUESTS } from '../wire/index.js';

export interface OutboxLimits {
  /** Sequence of the first request. */
  readonly first: number;
  /** Encoded bytes that may be under way, and that the device may hold. */
  readonly room: number;
  /** Bytes of replies that the device keeps to send again. */
  readonly replyRoom: number;
}

/** A reply that is waited for. */
export interface Awaited {
  /** The type of its frame. */
  readonly type: number;
  /** Bytes of its frame before COBS and without the check, at most. */
  readonly bytes: number;
  readonly expectation: Expectation;
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
  /** Where its reply begins and ends among all there are, in bytes. */
  readonly replyFrom: number;
  readonly replyEnd: number;
  sends: number;
  /** Number of its last transmission. */
  transmission: number;
  /** The device has it, and has not run it. */
  isHeld: boolean;
  /** In milliseconds. */
  readonly queued: number;
  /** When it was sent last, or else queued; in milliseconds. */
  since: number;
}

const SEQUENCES = 0x10000;

/** How far a sequence lies behind `reference`, negative if before it. */
function aheadOf(reference: number, sequence: number): number {
  return ((sequence - reference + 1.5 * SEQUENCES) % SEQUENCES) - SEQUENCES / 2;
}

/** Returns whether a sequence is `reference` or one of the half of all that follow it. */
function isFrom(sequence: number, reference: number): boolean {
  return aheadOf(reference, sequence) >= 0;
}

export class Outbox {
  readonly #room: number;
  readonly #replyRoom: number;
  #next: number;
  /** Everything before has run. */
  #acknowledged: number;
  /** Everything before was sent at least once. */
  #reached: number;
  #replyBytes = 0;
  #sent: Numbered[] = [];
  #waiting: Numbered[] = [];
  #waitingBytes = 0;
  #transmissions = 0;
  /** The last transmission of which it is known that the device has read it: those before were read or lost. */
  #passed = 0;
  /** Those after it that fill the device's buffer. */
  #underWay: { readonly transmission: number; readonly bytes: number }[] = [];
  #underWayBytes = 0;

  constructor({ first, room, replyRoom }: OutboxLimits) {
    this.#next = first;
    this.#acknowledged = first;
    this.#reached = first;
    this.#room = room;
    this.#replyRoom = replyRoom;
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

  /** True where there is something to send that was never sent, or was lost. */
  get hasMore(): boolean {
    return this.#waiting.length > 0 || this.#lost().length > 0;
  }

  /** True where more waits than a window would take. */
  get isFull(): boolean {
    return this.#waitingBytes > this.#room;
  }

  /** True where what waits is held up by nothing but copies of what has run: whether they were read is not known. */
  get isStuck(): boolean {
    return this.#sent.length === 0 && this.#waiting.length > 0 && this.#underWayBytes > 0;
  }

  /** True where the device may still have something to read or to answer. */
  get isUnderWay(): boolean {
    return this.#sent.length > 0 || this.#underWayBytes > 0;
  }

  get oldest(): Numbered | undefined {
    return this.#sent[0] ?? this.#waiting[0];
  }

  /** Queues a request; `encode` gets the sequence it is given. */
  add(kind: string, encode: (sequence: number) => Uint8Array, reply: Awaited | undefined, now: number): void {
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
      replyFrom: this.#replyBytes,
      replyEnd: this.#replyBytes + (reply?.bytes ?? 0),
      sends: 0,
      transmission: 0,
      isHeld: false,
      queued: now,
      since: now,
    });
    this.#replyBytes += reply?.bytes ?? 0;
  }

  /** The requests to send now. @param most bytes; the last may reach beyond them */
  take(now: number, most = Number.POSITIVE_INFINITY): readonly Numbered[] {
    const ready: Numbered[] = [];
    let left = most;
    const send = (request: Numbered) => {
      left -= request.encoded.length;
      ready.push(request);
      this.#transmit(request, now);
    };
    for (const lost of this.#lost()) {
      if (left <= 0 || !this.#fits(lost, this.#underWayBytes)) return ready;
      send(lost);
    }
    let taken = 0;
    let notRun = this.#notRunBytes();
    let unanswered = this.#sent.find(({ expectation }) => expectation)?.replyFrom;
    for (const next of this.#waiting) {
      if (left <= 0 || !this.#fits(next, Math.max(notRun, this.#underWayBytes))) break;
      if (next.expectation) {
        // The device keeps its last replies: the oldest one that may be asked for again must be among them.
        unanswered ??= next.replyFrom;
        if (next.replyEnd - unanswered > this.#replyRoom) break;
      }
      const { length } = next.encoded;
      notRun += length;
      this.#waitingBytes -= length;
      this.#reached = (next.sequence + 1) % SEQUENCES;
      send(next);
      taken++;
    }
    this.#sent.push(...this.#waiting.splice(0, taken));
    return ready;
  }

  #lost(): readonly Numbered[] {
    return this.#sent.filter(({ transmission, isHeld }) => transmission <= this.#passed && !isHeld);
  }

  #fits({ encoded }: Numbered, filled: number): boolean {
    return filled === 0 || filled + encoded.length <= this.#room;
  }

  #transmit(request: Numbered, now: number): void {
    request.sends++;
    request.since = now;
    request.transmission = this.mark();
    const bytes = request.encoded.length;
    this.#underWay.push({ transmission: request.transmission, bytes });
    this.#underWayBytes += bytes;
  }

  /** Number of what is sent now beside the requests. */
  mark(): number {
    return ++this.#transmissions;
  }

  /** The device has read this transmission, and all before that were not lost. */
  #pass(transmission: number): void {
    if (transmission <= this.#passed) return;
    this.#passed = transmission;
    const left = this.#underWay.findIndex((other) => other.transmission > transmission);
    const read = this.#underWay.splice(0, left < 0 ? this.#underWay.length : left);
    for (const { bytes } of read) this.#underWayBytes -= bytes;
  }

  /** The device has this request. Of one that was sent twice nobody knows which copy came. */
  #passOnly({ sends, transmission }: Numbered): void {
    if (sends === 1) this.#pass(transmission);
  }

  /** Everything before `expected` has run. Returns the quiet requests that are done with that. */
  acknowledge(expected: number): readonly Numbered[] {
    const before = this.#acknowledged;
    if (!isFrom(expected, before)) return [];
    this.#acknowledged = expected;
    const done: Numbered[] = [];
    this.#sent = this.#sent.filter((request) => {
      if (isFrom(request.sequence, expected)) return true;
      if (isFrom(request.sequence, before)) {
        request.isHeld = false;
        this.#passOnly(request);
      }
      if (!request.expectation) done.push(request);
      return request.expectation !== undefined;
    });
    return done;
  }

  /**
   * The device expects a request, holds some from there on (bit 0: that one), and the last to come was `latest`. Returns
   * whether more has come than was known.
   */
  hear(expected: number, held: bigint, latest: number): boolean {
    const before = this.#passed;
    const last = this.#sent.find(({ sequence }) => sequence === latest);
    if (last) this.#passOnly(last);
    this.#noteHeld(expected, held);
    return this.#passed > before;
  }

  /** The same, after all that was sent before `transmission`. */
  settle(expected: number, held: bigint, transmission: number): void {
    this.#pass(transmission);
    this.#noteHeld(expected, held);
  }

  #noteHeld(expected: number, held: bigint): void {
    for (const request of this.#sent) {
      const ahead = aheadOf(expected, request.sequence);
      if (ahead < 0 || !isFrom(request.sequence, this.#acknowledged)) continue;
      // A request too far ahead to be told of counts as held, until it is told of.
      request.isHeld =
        ahead < TOLD_REQUESTS ? ((held >> BigInt(ahead)) & 1n) === 1n : request.transmission <= this.#passed;
    }
  }

  /** Returns whether a device that expects this sequence next would have run what was never sent. */
  isAhead(expected: number): boolean {
    return !isFrom(this.#reached, expected);
  }

  /** Returns whether a device that expects this sequence next may have run all before `acknowledged`. */
  isPlausible(expected: number, acknowledged: number): boolean {
    return isFrom(expected, acknowledged) && !this.isAhead(expected);
  }

  /** Removes the request that a frame of this type, or of whatever type, replies to; if there is one. */
  answered(sequence: number, type?: number): Numbered | undefined {
    const index = this.#sent.findIndex(
      (request) =>
        request.sequence === sequence &&
        request.replyType !== undefined &&
        (type === undefined || request.replyType === type),
    );
    if (index < 0) return undefined;
    const [request] = this.#sent.splice(index, 1);
    this.#passOnly(request);
    return request;
  }

  /** Forgets every request. Returns who waited for one. */
  clear(): readonly Expectation[] {
    const all = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
    return all.flatMap(({ expectation }) => expectation ?? []);
  }

  #notRunBytes(): number {
    let bytes = 0;
    for (const { sequence, encoded } of this.#sent)
      if (isFrom(sequence, this.#acknowledged)) bytes += encoded.length;
    return bytes;
  }
}
