/**
 * The host's end of the link. Numbered requests run once and in order on the device, whatever the line does:
 * - no more bytes are under way than the device's window holds; acknowledgements are cumulative;
 * - a request that the device misses is sent again at once, those behind it being held there; and so is one whose reply
 *   was lost, as later answers show: the device repeats the reply it kept;
 * - every other doubt (something lost twice, a silence longer than usual) is settled by a poll. Nothing is sent behind
 *   it, so its answer is exact: what was sent and has neither been run nor replied to was lost, and is sent again.
 * Polls are small and become rarer, so that waiting for a device that computes never floods it.
 */
import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { UserError } from '../errors.js';
import { ConnectionLost } from './connection-lost.js';
import { DeviceError } from './device-error.js';
import type { Endpoint, LoudName, QuietName } from './endpoint.js';
import { decodeFrame, encodeFrame, type Frame, FrameSplitter } from './frame.js';
import { type Greeting, greet } from './greeting.js';
import { type Expectation, type Numbered, Outbox } from './outbox.js';
import { PacedWriter } from './paced-writer.js';
import { RoundTrip } from './round-trip.js';
import { type MessageName, Messages, REPLY, type ReplyOf, type RequestOf, Signal } from './schema.js';
import { UntrueError } from './untrue.js';
import { VitalSigns } from './vital-signs.js';

export interface LinkOptions {
  /** Milliseconds without an answer after which the device is given up (default 30,000). */
  readonly patience?: number;
  /** The line's speed, where it is known: the host gives it nothing sooner. */
  readonly bytesPerSecond?: number | undefined;
}

export interface LinkCounters {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Frames sent again. */
  readonly resent: number;
  readonly polls: number;
  /** Frames that arrived damaged. */
  readonly damaged: number;
}

/** Room in the window for twenty polls: with the waits between them doubling, they outlast any patience. */
const POLL_RESERVE = 320;
/** Bytes under way at most, whatever window a device tells of. */
const MOST_ROOM = 2 ** 20;
/** Of the patience: the longest wait for a poll's answer, that one poll lost is not the end. */
const LONGEST_WAIT = 1 / 8;

export class Link implements Endpoint {
  readonly #counts = { bytesReceived: 0, resent: 0, polls: 0, damaged: 0 };
  /** What the device said of itself. */
  readonly device: ReplyOf<'hello'>;
  readonly #stream: Duplex;
  readonly #session: number;
  readonly #patience: number;
  readonly #splitter = new FrameSplitter();
  readonly #roundTrip = new RoundTrip();
  readonly #outbox: Outbox;
  readonly #writer: PacedWriter;
  /** Polls up to this one need no answer any more. */
  #settledPolls = 0;
  #roomWanted: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Since something came that cannot be read: the timer is short, and no more of it puts that off. */
  #isInDoubt = false;
  readonly #signs: VitalSigns;
  #failure: Error | undefined;

  private constructor(
    stream: Duplex,
    session: number,
    { patience, bytesPerSecond = Number.POSITIVE_INFINITY }: LinkOptions & { readonly patience: number },
    { device, first }: Greeting,
  ) {
    this.#stream = stream;
    this.#session = session;
    this.#patience = patience;
    this.#writer = new PacedWriter(stream, bytesPerSecond, this.#pump);
    this.device = device;
    this.#signs = new VitalSigns(patience, performance.now());
    const window = Math.min(device.window, MOST_ROOM);
    const room = window - Math.min(POLL_RESERVE, window / 4);
    this.#outbox = new Outbox({ first, room, replySlots: device.replySlots });
    stream.on('data', this.#receive);
    stream.on('error', this.#break);
    stream.on('end', this.#lose);
    stream.on('close', this.#lose);
    if (stream.destroyed) this.#lose();
  }

  /**
   * Opens a session. Rejects with `DeviceError` where the device speaks another version, `UserError` where it
   * stays silent.
   */
  static async open(stream: Duplex, { patience = 30_000, bytesPerSecond }: LinkOptions = {}): Promise<Link> {
    const session = randomInt(1, 0x10000);
    const greeting = await greet(stream, session, patience);
    return new Link(stream, session, { patience, bytesPerSecond }, greeting);
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const payload = await new Promise<Uint8Array>((resolve, reject) =>
      this.#enqueue(name, values, { resolve, reject }),
    );
    return Messages[name].reply.decode(payload, `${name}: a reply`) as ReplyOf<N>;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.#enqueue(name, values);
    if (this.#outbox.isFull) await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
    if (this.#failure) throw this.#failure;
  }

  /** Stops listening and waiting; what is outstanding is rejected. Does not close the stream. */
  close(): void {
    this.#fail(new UserError('the link was closed'));
  }

  #enqueue<N extends MessageName>(name: N, values: RequestOf<N>, expectation?: Expectation): void {
    if (this.#failure) throw this.#failure;
    const { code, request } = Messages[name];
    const payload = (request.encode as (values: RequestOf<N>) => Uint8Array)(values);
    if (payload.length > this.device.maxPayload)
      throw new UserError(
        `${name}: a payload of ${payload.length} bytes, the device takes ${this.device.maxPayload}`,
        'send less at once: smaller images, fewer elements',
      );
    const reply = expectation && { type: code | REPLY, expectation };
    const encode = (sequence: number) => this.#frame(code, sequence, payload);
    this.#outbox.add(name, encode, reply, performance.now());
    this.#pump();
    if (!this.#timer) this.#arm();
  }

  #frame(type: number, sequence: number, payload: Uint8Array): Uint8Array {
    return encodeFrame({ type, session: this.#session, sequence, payload });
  }

  get counters(): LinkCounters {
    return { ...this.#counts, bytesSent: this.#writer.written };
  }

  get #unansweredPolls(): number {
    return this.#counts.polls - this.#settledPolls;
  }

  /** Sends what there is room for, unless a poll must be answered first. */
  readonly #pump = (): void => {
    if (this.#outbox.sent.length === 0) this.#settledPolls = this.#counts.polls;
    if (this.#writer.isBlocked || this.#unansweredPolls > 0) return;
    const ready = this.#outbox.take(performance.now(), this.#writer.room);
    if (ready.length > 0) this.#send(ready);
    if (!this.#outbox.isFull) for (const resolve of this.#roomWanted.splice(0)) resolve();
    // Where it is the window that is full, an answer goes on.
    if (this.#outbox.waiting > 0 && this.#writer.room <= 0) this.#writer.askForRoom();
  };

  #send(requests: readonly Numbered[]): void {
    this.#counts.resent += requests.filter(({ sends }) => sends > 1).length;
    this.#writer.write(Buffer.concat(requests.map(({ encoded }) => encoded)));
  }

  readonly #receive = (bytes: Buffer): void => {
    this.#counts.bytesReceived += bytes.length;
    this.#signs.hear(bytes.length);
    let answers = false;
    let isDamaged = false;
    for (const encoded of this.#splitter.split(bytes)) {
      const frame = decodeFrame(encoded);
      if (frame) answers = this.#hear(frame) || answers;
      else {
        this.#counts.damaged++;
        isDamaged = true;
      }
    }
    this.#pump();
    // The timer may be put off again and again by what comes; the end may not.
    if (!this.#giveUpIfDue() && (answers || (isDamaged && !this.#isInDoubt))) this.#arm(isDamaged);
  };

  /** Whether the frame was asked for. */
  #hear(frame: Frame): boolean {
    try {
      return this.#dispatch(frame);
    } catch (error) {
      this.#fail(error as Error);
      return false;
    }
  }

  #dispatch({ type, session, sequence, payload }: Frame): boolean {
    const error = type === Signal.error ? DeviceError.decode(payload) : undefined;
    // A device that was reset has no session of which it could speak.
    if (error?.error === 'unknownSession' && error.value === this.#session) throw lost(error);
    if (error?.error === 'fault') throw lost(error);
    const isEcho = type < Signal.acknowledge;
    if (session !== this.#session || isEcho || type === (Messages.hello.code | REPLY)) return false;
    let asked: boolean;
    if (error) {
      asked = this.#answer(sequence, undefined, ({ reject }) => reject(error));
    } else if (type === Signal.acknowledge) {
      asked = this.#acknowledge(sequence);
      this.#repair(sequence, false);
    } else if (type === Signal.missing) {
      asked = this.#acknowledge(sequence);
      if (!this.#repair(sequence, true)) this.#doubt();
    } else if (type === (Messages.poll.code | REPLY)) {
      asked = this.#settle(Messages.poll.reply.decode(payload, 'poll: a reply'), sequence);
    } else {
      asked = this.#answer(sequence, type, ({ resolve }) => resolve(payload));
    }
    if (!asked) this.#signs.note(performance.now());
    return asked;
  }

  /** Whether there was a request for it. */
  #answer(sequence: number, type: number | undefined, tell: (who: Expectation) => void): boolean {
    const request = this.#outbox.answered(sequence, type);
    if (!request?.expectation) return false;
    this.#acknowledge((sequence + 1) & 0xffff);
    const now = performance.now();
    this.#signs.progress(now);
    if (request.sends === 1) this.#roundTrip.observe(request.kind, now - request.since);
    tell(request.expectation);
    this.#repair(sequence, false);
    return true;
  }

  /** Whether more has run than was known. */
  #acknowledge(expected: number): boolean {
    this.#requireSent(expected);
    const before = this.#outbox.acknowledged;
    const now = performance.now();
    for (const { kind, sends, since } of this.#outbox.acknowledge(expected))
      if (sends === 1) this.#roundTrip.observe(kind, now - since);
    if (this.#outbox.acknowledged === before) return false;
    this.#signs.progress(now);
    return true;
  }

  #requireSent(expected: number): void {
    const { reached } = this.#outbox;
    if (this.#outbox.isAhead(expected))
      throw new UntrueError(`the device expects request ${expected} next, but ${reached} was not yet sent`);
  }

  /**
   * Sends what was lost of that which the device has run, or heard others behind; unless a poll will tell. Returns whether
   * something was.
   */
  #repair(expected: number, isMissing: boolean, isCertain = false): boolean {
    if (this.#unansweredPolls > 0 || this.#writer.isBlocked) return false;
    const lost = this.#outbox.takeLost(expected, isMissing, isCertain, performance.now());
    if (lost.length > 0) this.#send(lost);
    return lost.length > 0;
  }

  /** Something was lost that cannot be named. */
  #doubt(): void {
    if (this.#outbox.sent.length > 0 && this.#unansweredPolls === 0) this.#poll();
  }

  /** Asks how far the device is, unless the line is full anyway. */
  #poll(): void {
    if (!this.#writer.isBlocked) {
      const payload = Messages.poll.request.encode({ id: this.#counts.polls++ });
      // The leading zero ends a frame that lost its end.
      this.#writer.write(Buffer.concat([Uint8Array.of(0), this.#frame(Messages.poll.code, 0, payload)]));
    }
    this.#arm();
  }

  /**
   * What was sent before the poll has been read or lost, and the replies to what was run have been sent. Returns whether
   * it is a poll that waits for its answer.
   */
  #settle({ id: poll, holds }: ReplyOf<'poll'>, expected: number): boolean {
    if (poll < this.#settledPolls || poll >= this.#counts.polls) return false;
    this.#requireSent(expected);
    if (!this.#outbox.isPlausible(expected))
      throw new ConnectionLost(`the device expects request ${expected}, which it has run: it was reset`);
    this.#settledPolls = this.#counts.polls;
    if (!this.#acknowledge(expected)) this.#signs.answer(performance.now());
    // It tells of the gaps between those that it holds itself.
    if (!holds || !this.#repair(expected, true, true)) this.#outbox.takeBack();
    return true;
  }

  /** Waits for the oldest request, in doubt no longer than any takes, then asks how far the device is. */
  #arm(isInDoubt = false): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isInDoubt = isInDoubt;
    const { oldest, sent } = this.#outbox;
    if (!oldest || this.#failure) return;
    const once = isInDoubt ? this.#roundTrip.least : this.#roundTrip.timeout(sent.map(({ kind }) => kind));
    const usual = once * 2 ** this.#unansweredPolls;
    const wait = Math.min(usual, this.#patience * LONGEST_WAIT, this.#signs.left(performance.now(), oldest));
    this.#timer = setTimeout(this.#expire, Math.ceil(wait));
  }

  readonly #expire = (): void => {
    if (!this.#giveUpIfDue()) this.#poll();
  };

  #giveUpIfDue(): boolean {
    const { oldest } = this.#outbox;
    const verdict = oldest && this.#signs.verdict(performance.now(), oldest);
    if (verdict) this.#fail(verdict);
    return verdict !== undefined;
  }

  readonly #lose = (): void => this.#fail(new ConnectionLost('the line to the device was closed'));

  readonly #break = (error: Error): void => this.#fail(lost(error));

  readonly #fail = (error: Error): void => {
    if (this.#failure) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#writer.close();
    this.#stream.off('data', this.#receive);
    this.#stream.off('error', this.#break);
    this.#stream.off('end', this.#lose);
    this.#stream.off('close', this.#lose);
    for (const { reject } of this.#outbox.clear()) reject(error);
    for (const resolve of this.#roomWanted.splice(0)) resolve();
  };
}

function lost(error: Error): ConnectionLost {
  return new ConnectionLost(error.message, error instanceof UserError ? error.hint : undefined, {
    cause: error,
  });
}
