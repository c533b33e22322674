/**
 * The host's end of the link. Numbered requests run once and in order on the device, whatever the line does:
 * - no more bytes are under way than the device's window holds; acknowledgements are cumulative;
 * - every doubt (a damaged frame, a gap that the device reports, a silence longer than usual) is settled by a poll.
 *   Nothing is sent behind it, so its answer is exact: what was sent and has neither been run nor replied to was
 *   lost, and is sent again;
 * - a request whose reply was lost is sent again too, and the device repeats the reply it kept.
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
import { type Expectation, Outbox } from './outbox.js';
import { RoundTrip } from './round-trip.js';
import { type MessageName, Messages, REPLY, type ReplyOf, type RequestOf, Signal } from './schema.js';
import { UntrueError } from './untrue.js';
import { VitalSigns } from './vital-signs.js';

export interface LinkOptions {
  /** Milliseconds without an answer after which the device is given up (default 30,000). */
  readonly patience?: number;
}

export interface LinkCounters {
  bytesSent: number;
  bytesReceived: number;
  /** Frames sent again. */
  resent: number;
  polls: number;
  /** Frames that arrived damaged. */
  damaged: number;
}

/** Room in the window for twenty polls: with the waits between them doubling, they outlast any patience. */
const POLL_RESERVE = 320;
/** Bytes under way at most, whatever window a device tells of. */
const MOST_ROOM = 2 ** 20;
/** Of the patience: the longest wait for a poll's answer, that one poll lost is not the end. */
const LONGEST_WAIT = 1 / 8;

export class Link implements Endpoint {
  readonly counters: LinkCounters = { bytesSent: 0, bytesReceived: 0, resent: 0, polls: 0, damaged: 0 };
  /** What the device said of itself. */
  readonly device: ReplyOf<'hello'>;
  readonly #stream: Duplex;
  readonly #session: number;
  readonly #patience: number;
  readonly #splitter = new FrameSplitter();
  readonly #roundTrip = new RoundTrip();
  readonly #outbox: Outbox;
  /** Polls up to this one need no answer any more. */
  #settledPolls = 0;
  #roomWanted: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #signs: VitalSigns;
  #failure: Error | undefined;

  private constructor(stream: Duplex, session: number, patience: number, { device, first }: Greeting) {
    this.#stream = stream;
    this.#session = session;
    this.#patience = patience;
    this.device = device;
    this.#signs = new VitalSigns(patience, performance.now());
    const window = Math.min(device.window, MOST_ROOM);
    const room = window - Math.min(POLL_RESERVE, window / 4);
    this.#outbox = new Outbox({ first, room, replySlots: device.replySlots });
    stream.on('data', this.#receive);
    stream.on('drain', this.#pump);
    stream.on('error', this.#break);
    stream.on('end', this.#lose);
    stream.on('close', this.#lose);
    if (stream.destroyed) this.#lose();
  }

  /**
   * Opens a session. Rejects with `DeviceError` where the device speaks another version, `UserError` where it
   * stays silent.
   */
  static async open(stream: Duplex, { patience = 30_000 }: LinkOptions = {}): Promise<Link> {
    const session = randomInt(1, 0x10000);
    return new Link(stream, session, patience, await greet(stream, session, patience));
  }

  async request<N extends LoudName>(name: N, values: RequestOf<N>): Promise<ReplyOf<N>> {
    const payload = await new Promise<Uint8Array>((resolve, reject) =>
      this.#enqueue(name, values, { resolve, reject }),
    );
    return Messages[name].reply.decode(payload, `${name}: a reply`) as ReplyOf<N>;
  }

  async post<N extends QuietName>(name: N, values: RequestOf<N>): Promise<void> {
    this.#enqueue(name, values);
    if (this.#outbox.waiting > 0) await new Promise<void>((resolve) => this.#roomWanted.push(resolve));
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

  get #unansweredPolls(): number {
    return this.counters.polls - this.#settledPolls;
  }

  /** Sends what there is room for, unless a poll must be answered first. */
  readonly #pump = (): void => {
    if (this.#outbox.sent.length === 0) this.#settledPolls = this.counters.polls;
    if (this.#stream.writableNeedDrain || this.#unansweredPolls > 0) return;
    const ready = this.#outbox.take(performance.now());
    if (ready.length > 0) {
      this.counters.resent += ready.filter(({ sends }) => sends > 1).length;
      this.#write(ready.length === 1 ? ready[0].encoded : Buffer.concat(ready.map(({ encoded }) => encoded)));
    }
    if (this.#outbox.waiting === 0) for (const resolve of this.#roomWanted.splice(0)) resolve();
  };

  #write(bytes: Uint8Array): void {
    this.counters.bytesSent += bytes.length;
    this.#stream.write(bytes);
  }

  readonly #receive = (bytes: Buffer): void => {
    this.counters.bytesReceived += bytes.length;
    this.#signs.hear(bytes.length);
    let answers = false;
    for (const encoded of this.#splitter.split(bytes)) {
      const frame = decodeFrame(encoded);
      if (frame) answers = this.#hear(frame) || answers;
      else {
        this.counters.damaged++;
        this.#doubt();
      }
    }
    this.#pump();
    // The timer may be put off again and again by what comes; the end may not.
    if (!this.#giveUpIfDue() && answers) this.#arm();
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
    } else if (type === Signal.missing) {
      asked = this.#acknowledge(sequence);
      this.#doubt();
    } else if (type === (Messages.poll.code | REPLY)) {
      asked = this.#settle(Messages.poll.reply.decode(payload, 'poll: a reply').id, sequence);
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

  /** Something may have been lost. */
  #doubt(): void {
    if (this.#outbox.sent.length > 0 && this.#unansweredPolls === 0) this.#poll();
  }

  /** Asks how far the device is, unless the line is full anyway. */
  #poll(): void {
    if (!this.#stream.writableNeedDrain) {
      const payload = Messages.poll.request.encode({ id: this.counters.polls++ });
      // The leading zero ends a frame that lost its end.
      this.#write(Buffer.concat([Uint8Array.of(0), this.#frame(Messages.poll.code, 0, payload)]));
    }
    this.#arm();
  }

  /**
   * What was sent before the poll has been read or lost, and the replies to what was run have been sent. Returns whether
   * it is a poll that waits for its answer.
   */
  #settle(poll: number, expected: number): boolean {
    if (poll < this.#settledPolls || poll >= this.counters.polls) return false;
    this.#requireSent(expected);
    if (!this.#outbox.isPlausible(expected))
      throw new ConnectionLost(`the device expects request ${expected}, which it has run: it was reset`);
    this.#settledPolls = this.counters.polls;
    if (!this.#acknowledge(expected)) this.#signs.answer(performance.now());
    this.#outbox.takeBack();
    return true;
  }

  /** Waits for the oldest request, then asks how far the device is. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { oldest, sent } = this.#outbox;
    if (!oldest || this.#failure) return;
    const usual = this.#roundTrip.timeout(sent.map(({ kind }) => kind)) * 2 ** this.#unansweredPolls;
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
    this.#stream.off('data', this.#receive);
    this.#stream.off('drain', this.#pump);
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
